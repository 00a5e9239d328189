"""Certifications verified step by step, each step its own code; keys and delegations likewise."""
