"""The same file is not handed in twice."""
