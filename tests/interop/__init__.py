"""What we write, read by tools that are not ours: `make interop`."""
