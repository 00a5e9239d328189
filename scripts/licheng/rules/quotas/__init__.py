"""How many items a term and a school year take (肆.一)."""
