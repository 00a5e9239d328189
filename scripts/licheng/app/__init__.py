"""What each command does, from sources through rules to a value that an output can show."""
