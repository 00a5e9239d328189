"""Forgeries: faults in what is signed. Each spoils one decision on a work that nobody has selected.

A payload that is changed is signed anew with its own key, so that only one thing is wrong with it.
"""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import timedelta
from hashlib import sha256
from typing import cast

from licheng.demo import courses
from licheng.demo.bench import Bench, Planting
from licheng.demo.certify import CURRENT, Ledger, SignedDecision, payload_path
from licheng.demo.keyring import CERTIFICATION, utc_text
from licheng.signing.canonical import Json, encode
from licheng.signing.demo_keys import DemoKey


def respaced(bench: Bench) -> Planting | None:
    """Write a space after each comma and colon of a payload."""
    victim = _victim(bench)
    if not victim:
        return None
    return _planting(victim, victim.path, json.dumps(victim.value, ensure_ascii=False, sort_keys=True).encode() + b"\n")


def other_signer(bench: Bench) -> Planting | None:
    """Sign a payload with the key of a teacher whom it does not name."""
    victim = _victim(bench)
    return _planting(victim, victim.path, victim.data, _outsider(bench, victim)) if victim else None


def other_school(bench: Bench) -> Planting | None:
    """Name another school's repository."""
    victim = _victim(bench)
    return _changed(victim, repository=sha256(b"another school").hexdigest()) if victim else None


def copied(bench: Bench) -> Planting | None:
    """Copy a payload and its signature to another item of the student, on which nobody has decided."""
    victim, ledger = _victim(bench), _ledger(bench)
    items = sorted(path.rpartition("/")[0] for path in bench.tree if _is_output(bench, path))
    free = [folder for folder in items if not ledger.signed.get(folder)]
    if not victim or not free:
        return None
    path = victim.path.replace(_certified(victim.decision.handed.folder), _certified(free[0]))
    return _planting(victim, path, victim.data)


def skipped(bench: Bench) -> Planting | None:
    """Certify again as the third decision, where there is no second."""
    victim = _victim(bench)
    if not victim:
        return None
    later = utc_text(victim.when + timedelta(days=1))
    changed = _changed(victim, sequence=3, previous=victim.digest, issued_at=later)
    path = payload_path(victim.decision.handed, 3, "certified")
    return Planting(
        {f"{path}{end}": changed.files[f"{victim.path}{end}"] for end in ("", ".sig")}, path, 1, changed.author
    )


def unassigned(bench: Bench) -> Planting | None:
    """Let a teacher certify who does not teach the course."""
    victim = _victim(bench)
    if not victim:
        return None
    key = _outsider(bench, victim)
    who: dict[str, Json] = {
        "id": key.staff,
        "key_fingerprint": key.public.fingerprint,
        "capacity": "course-teacher",
    }
    return _changed(victim, key, certifier=who)


def _ledger(bench: Bench) -> Ledger:
    """Return what was signed; forgeries are planted only where something was."""
    assert bench.ledger is not None  # noqa: S101 - see above
    return bench.ledger


def _victim(bench: Bench) -> SignedDecision | None:
    """Return the only decision on a certified work of the current term, which nobody has selected yet."""
    ledger = _ledger(bench)
    spoilt = {special.item for special in ledger.specials if special.state != "certified"}
    for folder, decisions in sorted(ledger.signed.items()):
        current = f"/terms/{CURRENT}/" in folder and _is_output(bench, f"{folder}/item.md")
        if current and folder not in spoilt and len(decisions) == 1:
            return decisions[0]
    return None


def _is_output(bench: Bench, path: str) -> bool:
    return path.endswith("/item.md") and "/outputs/" in path and path.startswith(bench.path("terms/"))


def _certified(folder: str) -> str:
    return folder.replace("/students/", "/certifications/")


def _outsider(bench: Bench, signed: SignedDecision) -> DemoKey:
    """Return the key of a teacher who has no part in the course."""
    stay = signed.decision.handed.stay
    course = next(course for course in courses.offered(stay.term) if course.id == signed.decision.course[1])
    own = {courses.teacher_of(bench.cast, stay.term, course, stay.class_), bench.cast.advising_teacher}
    other = next(person for person in bench.cast.teachers() if person not in own)
    return _ledger(bench).keyring.at(other, signed.when)


def _changed(signed: SignedDecision, key: DemoKey | None = None, **fields: Json) -> Planting:
    """Change fields of a payload and sign it anew."""
    value = deepcopy(signed.value)
    cast(dict[str, Json], value["predicate"]).update(fields)
    return _planting(signed, signed.path, encode(value), key)


def _planting(signed: SignedDecision, path: str, data: bytes, key: DemoKey | None = None) -> Planting:
    signer = key or signed.key
    return Planting({path: data, f"{path}.sig": signer.sign(CERTIFICATION, data)}, path, 1, signer.staff)
