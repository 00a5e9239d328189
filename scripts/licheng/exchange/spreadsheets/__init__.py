"""What others' spreadsheet files are made of: how much they hold, and what a reader of values does not tell."""
