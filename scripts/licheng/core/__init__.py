"""The values that every layer speaks in, and nothing that decides. Pure: no file, clock, process, network."""
