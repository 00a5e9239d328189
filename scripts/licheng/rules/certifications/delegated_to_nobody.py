"""A delegation to somebody who is not of the staff."""

from licheng.rules.certifications.senseless_delegations import delegation_rule

delegated_to_nobody = delegation_rule("DLG002", "delegated-to-nobody")
