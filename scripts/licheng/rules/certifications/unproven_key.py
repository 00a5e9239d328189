"""A key whose holder has not proved to have it."""

from licheng.rules.certifications.keys import key_rule

unproven_key = key_rule("KEY001", "unproven-key")
