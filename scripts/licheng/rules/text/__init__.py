"""Lengths in characters, not bytes."""
