"""A delegation of what was itself delegated."""

from licheng.rules.certifications.senseless_delegations import delegation_rule

delegated_again = delegation_rule("DLG006", "delegated-again")
