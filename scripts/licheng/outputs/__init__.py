"""How findings, records and the school are shown: text, GitHub annotations, JSON, pages. What is true, others say."""
