"""Windows, legal floors and derived deadlines (肆.一, 伍)."""
