"""Signing in: by the school's own accounts (OpenID Connect), or by a passkey that a one-time code on paper allowed."""
