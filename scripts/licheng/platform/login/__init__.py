"""The ways to sign in; each ends in `parts.signed_in`."""
