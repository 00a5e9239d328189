"""The attack corpus: changes that must be refused, and ordinary ones that must pass, each a real pair of commits."""

from tests.gate.corpus import first, rights, robust
from tests.gate.corpus.registry import ACCEPTED, REFUSED, Ask

__all__ = ["ACCEPTED", "REFUSED", "Ask", "first", "rights", "robust"]
