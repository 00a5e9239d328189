"""Codes come from the agency's lists."""
