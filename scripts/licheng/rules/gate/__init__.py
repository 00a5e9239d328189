"""What a change may be, beyond what every state of the school must be. Scopes `shape` and `change`."""
