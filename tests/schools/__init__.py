"""Two whole schools that differ from the demo's in data only, and their year."""
