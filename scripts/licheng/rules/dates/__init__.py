"""Days in their order."""
