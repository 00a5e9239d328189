"""Nothing that names a person stands in plain text."""
