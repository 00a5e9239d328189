"""Signing in to the platform."""
