"""A delegation for more days than the rulebook allows."""

from licheng.rules.certifications.senseless_delegations import delegation_rule

delegated_too_long = delegation_rule("DLG005", "delegation-too-long")
