"""The turn of a school year."""
