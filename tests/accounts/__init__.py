"""Accounts in bulk: opened, given logins, ended."""
