"""A key that no second person vouched for."""

from licheng.rules.certifications.keys import key_rule

unwitnessed_key = key_rule("KEY002", "unwitnessed-key")
