"""A copy of an attachment without what it need not carry; the work itself stays as it is."""
