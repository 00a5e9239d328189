"""Notices that leave a proof, and signed sheets: what some schools' rulebooks ask for besides."""
