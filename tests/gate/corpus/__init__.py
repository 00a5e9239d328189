"""The attack corpus: changes that must be refused, and ordinary ones that must pass, each a real pair of commits."""

from tests.gate.corpus import (
    budget,
    claims,
    first,
    founding,
    handbook,
    late,
    log,
    media,
    omissions,
    pdfs,
    records,
    rights,
    robust,
    sheets,
    submissions,
    text,
)
from tests.gate.corpus.registry import ACCEPTED, REFUSED, Ask

__all__ = [
    "ACCEPTED",
    "REFUSED",
    "Ask",
    "budget",
    "claims",
    "first",
    "founding",
    "handbook",
    "late",
    "log",
    "media",
    "omissions",
    "pdfs",
    "records",
    "rights",
    "robust",
    "sheets",
    "submissions",
    "text",
]
