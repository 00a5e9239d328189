"""The arithmetic of the regulation over core values. Pure: what is true, never how it is shown."""
