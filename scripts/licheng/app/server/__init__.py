"""A school's own server: setting it up, who may come in, what may land, what was received. Verdicts are the rules'."""
