"""All rules: one folder a family, and an explicit list of each sort of thing that is judged (`of_*.py`). Pure."""
