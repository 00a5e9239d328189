"""The arithmetic of the regulation over core values: what is true, never how it is told or shown. Pure."""
