"""Students, teachers and parents are trained each term, by the office appointed, on what the regulation names (陸)."""
