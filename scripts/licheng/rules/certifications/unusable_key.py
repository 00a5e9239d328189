"""A key that no school may use."""

from licheng.rules.certifications.keys import key_rule

unusable_key = key_rule("KEY003", "unusable-key")
