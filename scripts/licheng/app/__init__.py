"""What each command does, from sources through rules to a value. How it is asked and shown is the edges'."""
