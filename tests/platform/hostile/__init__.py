"""Attempts on the platform: each is a case of the marker `hostile`, which names its class (`python -m …hostile`)."""
