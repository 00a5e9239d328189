"""A delegation of a course that is not the teacher's."""

from licheng.rules.certifications.senseless_delegations import delegation_rule

delegated_others_course = delegation_rule("DLG003", "delegated-others-course")
