"""The executive secretary may evaluate each year in its second term, and decides what is released (柒)."""
