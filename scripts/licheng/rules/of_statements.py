"""The rules of what staff signed of their changes, which is read apart from the rest of the school."""

from licheng.core.rule import Rules
from licheng.rules.certifications.invalid_change_statement import invalid_change_statement

OF_STATEMENTS = Rules((invalid_change_statement,))
