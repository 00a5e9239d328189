"""The values that every layer speaks in. Pure: no file, clock, process, environment or network."""
