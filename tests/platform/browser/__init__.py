"""What only a browser shows of the platform."""
