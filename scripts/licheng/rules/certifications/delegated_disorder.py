"""A delegation whose times are backwards, over, distant or long begun."""

from licheng.rules.certifications.senseless_delegations import delegation_rule

delegated_disorder = delegation_rule("DLG004", "delegation-disorder")
