"""What a school's repository answers: the same bytes give the same answers, so that a digest of them can be kept."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

from licheng.app.check import check
from licheng.app.loading.load import load
from licheng.app.server.audit import audit
from licheng.app.server.received import ReceiptLog
from licheng.app.trust.verify import verdicts_of
from licheng.core.errors import UsageError
from licheng.core.languages import LANGUAGES
from licheng.outputs import audit as audits
from licheng.outputs import certification, json
from licheng.outputs.catalog import catalog
from licheng.policy.statements import fault
from licheng.sources.shelf import Readings
from licheng.sources.tree import CommitTree


def answers(server: Path, commit: str, day: date, log: ReceiptLog) -> dict[str, str]:
    """SHA-256 of what `check`, `verify` and `audit` (of every student) say of a commit.

    Args:
        server: a bare repository.
        commit: 40 hex digits.
        day: on which everything is judged, Asia/Taipei.
        log: what was received.

    Raises:
        LichengError: one of them could not decide.
    """
    words, readings = catalog(LANGUAGES[0]), Readings()  # all three read the same files
    with CommitTree(server, commit, readings) as tree:
        checked = json.render(check(tree, day, jobs=None), words)
        loaded, decided, handed_in = load(tree, day), list[str](), list[str]()
        for student in loaded.students():  # each is read once, for both
            decided += (certification.verdict(verdict, words) for verdict in verdicts_of(student, loaded))
            judged = ((change, fault(change, loaded.school, student)) for change in student.stated)
            handed_in += (certification.statement(change, why, words) for change, why in judged)
        stated = ((change, fault(change, loaded.school)) for _, part in loaded.changes() for change in part)
        verified = "".join((*decided, *(certification.statement(*each, words) for each in stated), *handed_in))
        students = sorted(loaded.school.students)
    try:
        traced = audit(server, students, log, None, commit=commit, today=day, readings=readings) if students else None
    except UsageError as error:  # nobody has done anything yet
        if error.code != "APP152":
            raise
        traced = None
    audited = audits.render_json(traced.deeds, traced.paths, traced.receipts) if traced is not None else ""
    texts = {"check": checked, "verify": verified, "audit": audited}
    return {name: hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest() for name, text in texts.items()}
