"""A school with trust and certifications for tests: the test school with keys, delegations and decisions laid over it.

Keys derive from a seed and every byte follows from the calls, so that fixtures can be written anew and compared:
`python -m tests.certified` rewrites those of `tests/certification/cases.py`. Nothing here is taken from the procedures
under test but the signing itself: payloads, key records and `allowed_signers` are spelt out once more.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from licheng.core.certification import CERTIFICATION_LIST_NAMESPACE, CERTIFICATION_NAMESPACE
from licheng.core.layout import BY_NAME
from licheng.core.trust import (
    CHANGE_NAMESPACE,
    CLAIM_NAMESPACE,
    DELEGATION_NAMESPACE,
    HAND_IN_NAMESPACE,
    KEY_NAMESPACE,
    OMISSION_NAMESPACE,
    OVERRIDE_NAMESPACE,
    STUDENT_KEY_NAMESPACE,
    STUDENT_NAMESPACES,
    WAIVER_NAMESPACE,
)
from licheng.demo.media import pdf
from licheng.signing.demo_keys import DemoKey
from licheng.signing.public_key import PublicKey
from licheng.sources.emit import document
from licheng.sources.shelf import Readings
from tests.signing.passkeys import SoftPasskey
from tests.trees import FIXTURES, ROOT, MemoryTree, base

GENESIS = "content/trust/genesis.yaml"
ALLOWED_SIGNERS = "content/trust/allowed_signers"
RULEBOOK = "2018-05-30"
COORDINATORS = ("t902", "t903")  # 教務主任 and 註冊組長 of the test school
TEACHER = "t904"
STUDENT = "s1139901"
TERM = "115-1"
KEYS_FROM = "2025-08-01T00:00:00Z"
ISSUED = "2026-11-20T04:00:00Z"
SHA256 = "0123456789abcdef" * 4  # of something else
# Whether `allowed_signers` holds keys that nobody validly vouched for; only the fixtures of KEY001 and KEY002 differ.
LISTS_UNENROLLED = False

_READINGS = Readings(64 << 20)  # most files are the same in every school of a test

_STAFF = """kind: staff/v1
staff:
  - id: t901
    posts:
      - {post: principal, from: 2024-08-01}
  - id: t902
    posts:
      - {post: academic-dean, from: 2024-08-01}
  - id: t903
    posts:
      - {post: registrar, from: 2024-08-01}
  - id: t904
    posts:
      - {post: course-teacher, from: 2024-08-01}
  - id: t905
    posts:
      - {post: class-tutor, class: 12a, from: 2024-08-01}
  - id: t906
    posts:
      - {post: course-teacher, from: 2024-08-01}
"""
_STUDENT = """kind: student/v1
programme: general
events:
  - {on: 2024-08-01, event: entry, level: 10, class: 10a}
  - {on: 2025-08-01, event: class-change, level: 11, class: 11a}
  - {on: 2026-08-01, event: class-change, level: 12, class: 12a}
"""
_COURSES = """kind: course-records/v1
courses:
  - {course: chinese, section: a, mode: regular, credits: 4}
  - {course: physics, section: a, mode: regular, credits: 2}
"""


def key(staff: str, generation: int = 1) -> DemoKey:
    """The key of a person."""
    return DemoKey.of("tests", staff, generation)


def canonical(value: Any) -> bytes:
    """The one way to write a payload."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def folder(student: str = STUDENT, term: str = TERM, slug: str = "pendulum") -> str:
    """An output's folder."""
    return f"content/students/113/{student}/terms/{term}/outputs/{slug}"


def enrolment(repository: str, staff: str, line: str, valid_from: str) -> bytes:
    """What a key's holder and the witness sign."""
    return canonical(
        {
            "_type": "key-enrolment/v1",
            "public_key": line,
            "repository": repository,
            "staff": staff,
            "valid_from": valid_from,
        }
    )


def passkey_enrolment(repository: str, staff: str, line: str, valid_from: str, terms: Mapping[str, Any]) -> bytes:
    """The same of a passkey, with what it is for."""
    about = {"_type": "passkey-enrolment/v1", "repository": repository, "staff": staff}
    return canonical(about | {"public_key": line, "valid_from": valid_from, **terms})


def passkey_terms(application: str, **changes: Any) -> dict[str, Any]:
    """What a record says of a passkey."""
    return {
        "application": application,
        "origins": [f"https://{application}"],
        "namespaces": [CERTIFICATION_NAMESPACE, CERTIFICATION_LIST_NAMESPACE],
        "credential": "AAECAwQFBgcICQoLDA0ODw",
        "sentence": {"id": "passkey-use-1", "language": "zh-TW"},
    } | changes


def student_entry(repository: str, student: str, passkey: SoftPasskey, since: str, **changes: Any) -> dict[str, Any]:
    """A student's passkey as the record holds it; changes are made after it was proved."""
    terms = passkey_terms(passkey.application, namespaces=sorted(STUDENT_NAMESPACES))
    terms |= {"sentence": {"id": "student-passkey-use-1", "language": "zh-TW"}}
    about = {"public_key": passkey.line, "valid_from": since}
    whose = {"_type": "student-passkey-enrolment/v1", "repository": repository, "student": student}
    proof = passkey.sign(STUDENT_KEY_NAMESPACE, canonical(whose | about | terms)).decode()
    return {"public_key": passkey.line, "passkey": terms, "valid_from": since, "proof": proof, **changes}


def student_record(*entries: Mapping[str, Any]) -> bytes:
    """The record that holds some of them."""
    path = f"content/students/113/{STUDENT}/keys.yaml"
    return document(BY_NAME["student-keys"], path, {"kind": "student-keys/v1", "keys": list(entries)}).encode()


class Signer(Protocol):
    """A key that signs as `ssh-keygen` or the signing page does."""

    @property
    def public(self) -> PublicKey:
        """Its public half."""

    def sign(self, namespace: str, message: bytes) -> bytes:
        """The armored signature."""


@dataclass
class Certified:
    """Files over the test school, each method adding to them."""

    files: dict[str, bytes] = field(default_factory=dict)
    keys: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def school(cls, *teachers: str) -> Certified:
        """Genesis, the two coordinators and the keys of some teachers."""
        made = cls()
        made.genesis()
        for staff in COORDINATORS:
            made.enrol(staff, witness=None)
        for staff in teachers or (TEACHER,):
            made.enrol(staff)
        return made

    @classmethod
    def one_item(cls) -> Certified:
        """The smallest whole: one submitted item, certified by its teacher."""
        made = cls.school()
        made.output()
        made.decide(folder())
        return made

    def tree(self) -> MemoryTree:
        """Over the test school."""
        return base(_READINGS).over(self.files)

    # Trust.

    def genesis(self, demo: str = "true") -> None:
        """The record that names the repository."""
        lines = [f"  - staff: {staff}\n    fingerprint: {key(staff).public.fingerprint}\n" for staff in COORDINATORS]
        head = f"kind: genesis/v1\nschool: 測試高中\nfounded_on: 2025-08-01\ndemo: {demo}\ncoordinators:\n"
        self.files[GENESIS] = (head + "".join(lines)).encode()

    @property
    def repository(self) -> str:
        """The id of this school."""
        return digest(self.files[GENESIS])

    def enrol(
        self,
        staff: str,
        mine: Signer | None = None,
        *,
        line: str | None = None,
        prover: DemoKey | None = None,
        witness: str | None = "t902",
        witness_key: Signer | None = None,
        valid_from: str = KEYS_FROM,
        passkey: Mapping[str, Any] | None = None,
        proved_at: str | None = None,
        **more: Any,
    ) -> None:
        """Enrol a key.

        Args:
            staff: whose.
            mine: the first one, unless another is given.
            line: the public key as it is written, where no honest key has it.
            prover: who signs the proof, if not the key itself.
            witness: the second person; None for nobody.
            witness_key: the key that the witness signs with, if not the first one.
            valid_from: the first instant.
            passkey: what is signed of it as a passkey (`passkey_terms`).
            proved_at: on which page it is proved, if not on the first of its own.
            more: `valid_until`, `ended`; `enrolled=False` where the enrolment does not hold, `usable=False` where the
                key is none.
        """
        mine = mine or key(staff)
        public = line or mine.public.line
        entry: dict[str, Any] = {"public_key": public, "valid_from": valid_from, **more}
        statement = enrolment(self.repository, staff, public, valid_from)
        if passkey is not None:
            statement = passkey_enrolment(self.repository, staff, public, valid_from, passkey)
            entry["passkey"] = passkey
        proof = (prover or mine).sign(KEY_NAMESPACE, statement)
        if passkey is not None and isinstance(mine, SoftPasskey) and prover is None:
            proof = mine.sign(KEY_NAMESPACE, statement, proved_at or passkey["origins"][0])
        entry["proof"] = proof.decode()
        if witness is not None:
            signature = (witness_key or key(witness)).sign(KEY_NAMESPACE, statement).decode()
            entry["witness"] = {"staff": witness, "signature": signature}
        self.keys[staff].append(entry)
        self.write_keys()

    def enrol_passkey(self, staff: str) -> SoftPasskey:
        """Enrol a passkey that signs statements of changes, beside what keys the person has."""
        mine = SoftPasskey.of(staff)
        self.enrol(staff, mine, passkey=passkey_terms(mine.application, namespaces=[CHANGE_NAMESPACE]))
        return mine

    def state(
        self,
        staff: str,
        *paths: tuple[str, str | None, str | None],
        signer: Signer | None = None,
        place: str | None = None,
        **changes: Any,
    ) -> bytes:
        """A statement of a change, of files with their digests before and after; returns what was signed."""
        entries = paths or ((f"content/students/113/{STUDENT}/positions/class-leader.yaml", None, SHA256),)
        said = {
            "_type": "change/v1",
            "repository": self.repository,
            "account": staff,
            "at": ISSUED,
            "paths": [dict(zip(("path", "before", "after"), entry, strict=True)) for entry in entries],
        }
        data = canonical(said | changes)
        path = place or f"content/changes/115/{staff}/{digest(data)}.json"
        signature = (signer or SoftPasskey.of(staff)).sign(CHANGE_NAMESPACE, data)
        self.files |= {path: data, f"{path}.sig": signature}
        return data

    def hand_in(self, signer: Signer, namespace: str = HAND_IN_NAMESPACE, place: str = "", **changes: Any) -> str:
        """A student's statement of a hand-in; returns its path."""
        home = f"content/students/113/{STUDENT}"
        paths = [{"path": f"{home}/statement/item.md", "before": None, "after": SHA256}]
        whose = {"_type": "hand-in/v1", "repository": self.repository, "account": STUDENT, "at": ISSUED}
        data = canonical(whose | {"paths": paths} | changes)
        path = f"{place or home}/hand-ins/{digest(data)}.json"
        self.files |= {path: data, f"{path}.sig": signer.sign(namespace, data)}
        return path

    def student_keys(self, *entries: Mapping[str, Any]) -> None:
        """The record of the student's passkeys."""
        self.files[f"content/students/113/{STUDENT}/keys.yaml"] = student_record(*entries)

    def end(
        self,
        staff: str,
        at: str,
        payloads: list[bytes],
        reason: str = "retired",
        index: int = 0,
        second: str | None = None,
        signer: DemoKey | None = None,
    ) -> bytes:
        """End a key; only these payloads count afterwards. Returns the statement that the second person signs."""
        ended: dict[str, Any] = {"at": at, "reason": reason, "payloads": sorted(map(digest, payloads))}
        entry, second = self.keys[staff][index], second or ("t903" if staff == "t902" else "t902")
        statement = canonical(
            {
                "_type": "key-ending/v1",
                "public_key": entry["public_key"],
                "repository": self.repository,
                "staff": staff,
                **ended,
            }
        )
        signature = (signer or key(second)).sign(KEY_NAMESPACE, statement).decode()
        entry["ended"] = ended | {"by": {"staff": second, "signature": signature}}
        self.write_keys()
        return statement

    def appoint(
        self,
        staff: str,
        by: tuple[str, str] = COORDINATORS,
        signers: tuple[DemoKey, DemoKey] | None = None,
        starts: str = "2026-08-01T00:00:00Z",
        signed_at: str = "2026-07-30T02:00:00Z",
        **until: str,
    ) -> None:
        """Appoint a coordinator."""
        said = {"from": starts, "signed_at": signed_at, **until}
        statement = canonical(
            {"_type": "coordinator-appointment/v1", "repository": self.repository, "staff": staff, **said}
        )
        lines = ["kind: coordinator/v1", *(f"{name}: {value}" for name, value in said.items()), "signatures:"]
        for who, mine in zip(by, signers or tuple(map(key, by)), strict=True):
            lines += [f"  - staff: {who}", "    signature: |"]
            lines += _indented(mine.sign(KEY_NAMESPACE, statement).decode(), 6)
        self.files[f"content/trust/coordinators/{staff}.yaml"] = ("\n".join(lines) + "\n").encode()

    def waive(self, where: str, stage: str = "certification", *, signer: DemoKey | None = None, **changes: str) -> None:
        """A waiver by the executive secretary, unless changed after it was signed."""
        _, _, cohort, student, *rest = where.split("/")
        said = {
            "item": "/".join(rest),
            "stage": stage,
            "reason": "公假，未及於期限內完成。",
            "by": "t902",
            "on": "2026-11-20",
            "until": "2026-11-27",
            "signed_at": "2026-11-20T02:00:00Z",
        }
        said |= {name: value for name, value in changes.items() if name in {"by", "signed_at"}}
        statement = canonical({"_type": "waiver/v1", "repository": self.repository, "student": student, **said})
        signature = (signer or key(said["by"])).sign(WAIVER_NAMESPACE, statement).decode()
        lines = ["kind: waiver/v1", *(f"{name}: {value}" for name, value in {**said, **changes}.items())]
        lines += ["signature: |", *_indented(signature, 2)]
        path = f"content/students/{cohort}/{student}/waivers/{rest[-1]}.yaml"
        self.files[path] = ("\n".join(lines) + "\n").encode()

    def earlier(self, term: str = "113-2", student: str = STUDENT) -> None:
        """A term before the school began here, in short: its edges, its courses, and what the student took."""
        year, half = int(term[:3]) + 1911, term[4]
        days = {
            "1": (f"{year}-08-01", f"{year + 1}-01-31", f"{year}-09-01", f"{year + 1}-01-20"),
            "2": (f"{year + 1}-02-01", f"{year + 1}-07-31", f"{year + 1}-02-11", f"{year + 1}-06-30"),
        }[half]
        edges = zip(("starts", "ends", "opening", "closing"), days, strict=True)
        lines = ["kind: term-calendar/v1", *(f"{name}: {day}" for name, day in edges)]
        self.files[f"content/calendar/{term}.yaml"] = ("\n".join(lines) + "\n").encode()
        offered = base().files["content/school/courses/114-1.yaml"].decode().replace("level: 11", "level: 10")
        courses = offered.replace("11a", "10a").encode()
        self.files[f"content/school/courses/{term}.yaml"] = courses
        self.files[f"content/students/113/{student}/terms/{term}/courses.yaml"] = _COURSES.encode()
        self.platforms()

    def platforms(self, *ids: str) -> None:
        """The platforms that the school used before."""
        path = "content/school/school.yaml"
        listed = "".join(
            f"  - id: {each}\n    name: {{zh: 先前的平臺, en: Former platform}}\n" for each in ids or ("former",)
        )
        self.files[path] = (ROOT / path).read_bytes() + f"platforms:\n{listed}".encode()

    def claim(
        self,
        where: str,
        *,
        signer: DemoKey | None = None,
        at: str = "",
        signed: Mapping[str, str] | None = None,
        **changes: Any,
    ) -> str:
        """A claim of the registrar's on an output as it is now, unless changed after it was signed; returns its path.

        Args:
            where: the output's folder.
            signer: whose key, if not the registrar's.
            at: another folder, in whose place the claim is laid down.
            signed: fields that are signed otherwise than usually.
            changes: fields as they are written, whatever was signed.
        """
        said: dict[str, Any] = {
            "platform": "former",
            "certified_on": "2025-06-20",
            "decision": "passed",
            "basis": "stated",
            "files": [
                {"name": file["name"], "size": file["size"], "sha256": file["digest"]["sha256"]}
                | ({"exported_sha256": file["digest"]["sha256"]} if file["name"] != "item.md" else {})
                for file in self.subject(where)
            ],
            "export": SHA256,
            "by": "t903",
            "on": "2026-11-20",
            "signed_at": "2026-11-20T02:00:00Z",
        }
        said |= signed or {}
        _, _, cohort, student, _, term, _, slug = where.split("/")
        about = {"repository": self.repository, "student": student, "item": f"terms/{term}/outputs/{slug}"}
        statement = canonical({"_type": "claim/v1", **about, **said})
        signature = (signer or key(said["by"])).sign(CLAIM_NAMESPACE, statement).decode()
        said |= changes
        lines = ["kind: claim/v1"]
        for name, value in said.items():
            lines.append(f"{name}: {json.dumps(value) if name == 'files' else value}")
        lines += ["signature: |", *_indented(signature, 2)]
        _, _, cohort, student, _, term, _, slug = (at or where).split("/")
        path = f"content/students/{cohort}/{student}/claims/{term}/{slug}.yaml"
        self.files[path] = ("\n".join(lines) + "\n").encode()
        return path

    def omit(self, term: str, demand: str, by: str, *, signer: DemoKey | None = None, **changes: str) -> None:
        """An explanation of what was not held, unless changed after it was signed."""
        said = {
            "what_happened": "原訂日期因颱風停課，期末前排不出共同時間。",
            "instead": "次學期開學週補辦，內容相同。",
            "instead_by": "2026-09-30",
            "by": by,
            "signed_at": "2026-08-03T02:00:00Z",
        }
        said |= {name: value for name, value in changes.items() if name == "signed_at"}
        about = {"_type": "omission/v1", "repository": self.repository, "term": term, "demand": demand}
        signature = (signer or key(by)).sign(OMISSION_NAMESPACE, canonical(about | said)).decode()
        lines = ["kind: omission/v1", *(f"{name}: {value}" for name, value in {**said, **changes}.items())]
        lines += ["signature: |", *_indented(signature, 2)]
        self.files[f"content/training/{term}/omissions/{demand}.yaml"] = ("\n".join(lines) + "\n").encode()

    def write_keys(self) -> None:
        """Records of keys, and `allowed_signers` as it follows from them."""
        for staff, entries in self.keys.items():
            text = "kind: staff-keys/v1\nkeys:\n" + "".join(map(_key_yaml, entries))
            self.files[f"content/trust/keys/{staff}.yaml"] = text.encode()
        lines = (_signer(staff, entry) for staff, entries in self.keys.items() for entry in entries)
        self.files[ALLOWED_SIGNERS] = "".join(sorted(line for line in lines if line)).encode()

    def delegate(
        self,
        slug: str = "sick-leave",
        *,
        signer: DemoKey | None = None,
        courses: tuple[tuple[str, str], ...] = ((TERM, "physics"),),
        **changes: str,
    ) -> str:
        """A delegation, t904 to t906 for the term's physics unless changed; returns its digest."""
        predicate: dict[str, Any] = {
            "repository": self.repository,
            "principal": TEACHER,
            "substitute": "t906",
            "by": TEACHER,
            "courses": [{"term": term, "course": course} for term, course in courses],
            "starts": "2026-09-01T00:00:00Z",
            "ends": "2026-12-31T15:59:59Z",
            "reason": "進修請假",
            "issued_at": "2026-08-31T02:00:00Z",
        } | changes
        mine = signer or key(predicate["by"])
        predicate["key_fingerprint"] = mine.public.fingerprint
        data = canonical(
            {
                "_type": "https://in-toto.io/Statement/v1",
                "predicateType": "delegation/v1",
                "predicate": predicate,
            }
        )
        path = f"content/delegations/{slug}.json"
        self.files |= {path: data, f"{path}.sig": mine.sign(DELEGATION_NAMESPACE, data)}
        return digest(data)

    # Items and decisions.

    def staff(self, text: str = _STAFF, *, left: str = "", sections: int = 1) -> None:
        """The staff of the test school and t906, who may be a substitute.

        Args:
            text: the record.
            left: t904's last day, if there is one.
            sections: how many of t904's (國語文, then 物理) t906 then has too.
        """
        if left:
            path = f"content/school/courses/{TERM}.yaml"
            offered = base().files[path].decode()
            self.files[path] = offered.replace("teachers: [t904]", "teachers: [t904, t906]", sections).encode()
            here = "id: t904\n    posts:\n      - {post: course-teacher, from: 2024-08-01"
            text = text.replace(here, f"{here}, to: {left}")
        self.files["content/school/staff.yaml"] = text.encode()

    def student(self, student: str, *terms: str) -> None:
        """Another student, who takes the same courses."""
        top = f"content/students/113/{student}"
        self.files[f"{top}/student.yaml"] = _STUDENT.encode()
        for term in terms or (TERM,):
            self.files[f"{top}/terms/{term}/courses.yaml"] = _COURSES.encode()

    def output(
        self,
        where: str | None = None,
        *,
        course: str = "physics",
        submitted: str = "true",
        text: str = "擺角愈大，週期愈長。",
        attachments: tuple[str, ...] = ("report.pdf",),
    ) -> str:
        """A course output with its attachments; written again, it replaces the one before."""
        where = where or folder()
        for path in [path for path in self.files if path.startswith(f"{where}/")]:
            del self.files[path]
        listed = "".join("\n" + self._attachment(f"{where}/{name}") for name in attachments)
        head = f"---\nkind: course-output/v1\ncourse: {course}\nsummary: 以慢動作攝影量測單擺的週期。\n"
        body = f"submitted: {submitted}\nattachments:{listed or ' []'}\n---\n{text}\n"
        self.files[f"{where}/item.md"] = (head + body).encode()
        return where

    def _attachment(self, path: str) -> str:
        data = pdf(path)
        self.files[path] = data
        name, sha256 = path.rpartition("/")[2], digest(data)
        return f"  - name: {name}\n    size: {len(data)}\n    sha256: {sha256}\n    type: application/pdf"

    def subject(self, where: str) -> list[dict[str, Any]]:
        """The files of an item, as a payload lists them."""
        top = f"{where}/"
        files = sorted((path.removeprefix(top), data) for path, data in self.files.items() if path.startswith(top))
        return [{"name": name, "size": len(data), "digest": {"sha256": digest(data)}} for name, data in files]

    def decisions(self, where: str) -> list[str]:
        """The payloads' paths of an item, in order."""
        top = f"{_beside(where)}/"
        return sorted(path for path in self.files if path.startswith(top) and path.endswith(".json"))

    def payload(
        self,
        where: str,
        decision: str = "certified",
        *,
        by: str = TEACHER,
        fingerprint: str | None = None,
        certifier: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> dict[str, Any]:
        """A payload on an item as it is now; changes replace fields of its predicate, None takes one away."""
        _, _, _, student, _, term, _, slug = where.split("/")
        before = self.decisions(where)
        predicate: dict[str, Any] = {
            "repository": self.repository,
            "item": f"terms/{term}/outputs/{slug}",
            "student": student,
            "kind": "course-output",
            "term": term,
            "course": "physics",
            "certifier": {
                "id": by,
                "key_fingerprint": fingerprint or key(by).public.fingerprint,
                "capacity": "course-teacher",
                **(certifier or {}),
            },
            "decision": decision,
            "rulebook": {"id": RULEBOOK, "digest": _rulebook()},
            "sequence": len(before) + 1,
            "previous": digest(self.files[before[-1]]) if before else None,
            "issued_at": ISSUED,
            "statement": {"id": f"{decision}/v1", "language": "zh-TW"},
        }
        if decision in {"returned", "revoked"}:
            predicate["reason"] = {"code": "unverifiable", "text": "請補上量測的原始數據。"}
        predicate |= changes
        return {
            "_type": "https://in-toto.io/Statement/v1",
            "predicateType": "certification/v1",
            "subject": self.subject(where),
            "predicate": {name: value for name, value in predicate.items() if value is not None},
        }

    def decide(self, where: str, decision: str = "certified", *, signer: Signer | None = None, **changes: Any) -> str:
        """Sign a decision and put it in its place; returns the payload's path."""
        mine = signer or key(changes.get("by", TEACHER))
        changes.setdefault("fingerprint", mine.public.fingerprint)
        value = self.payload(where, decision, **changes)
        return self.put(where, value["predicate"]["sequence"], decision, canonical(value), mine)

    def list_of(self, *paths: str, signer: Signer, named: bytes | None = None) -> bytes:
        """Sign decisions again, all at once: a list and its signature beside each in place of its own.

        Args:
            paths: of the payloads.
            signer: whose key.
            named: the list, where it is not the right one.
        """
        if named is None:
            named = _listed({path: self.files[path] for path in paths})
        signature = signer.sign(CERTIFICATION_LIST_NAMESPACE, named)
        for path in paths:
            self.files.pop(f"{path}.sig", None)
            self.files |= {f"{path}.list": named, f"{path}.list.sig": signature}
        return named

    def put(self, where: str, sequence: int, decision: str, data: bytes, mine: Signer | None = None) -> str:
        """Lay any bytes down as a decision, signed."""
        path = f"{_beside(where)}/{sequence:04}-{decision}.json"
        signature = (mine or key(TEACHER)).sign(CERTIFICATION_NAMESPACE, data)
        self.files |= {path: data, f"{path}.sig": signature}
        return path


def _listed(paths_of: Mapping[str, bytes]) -> bytes:
    return "".join(sorted(f"{digest(data)}\n" for data in paths_of.values())).encode()


def _beside(where: str) -> str:
    return where.replace("content/students", "content/certifications", 1)


def _rulebook() -> str:
    return digest((ROOT / "content" / "rulebook" / f"{RULEBOOK}.yaml").read_bytes())


def _key_yaml(entry: Mapping[str, Any]) -> str:
    lines = [f"  - public_key: {entry['public_key']}", f"    valid_from: {entry['valid_from']}"]
    if "passkey" in entry:
        lines.append(f"    passkey: {json.dumps(entry['passkey'])}")
    if "valid_until" in entry:
        lines.append(f"    valid_until: {entry['valid_until']}")
    lines += ["    proof: |", *_indented(entry["proof"], 6)]
    if "witness" in entry:
        lines += ["    witness:", f"      staff: {entry['witness']['staff']}", "      signature: |"]
        lines += _indented(entry["witness"]["signature"], 8)
    if "ended" in entry:
        ended = entry["ended"]
        lines += ["    ended:", f"      at: {ended['at']}", f"      reason: {ended['reason']}"]
        lines.append("      payloads:" if ended["payloads"] else "      payloads: []")
        lines += [f"        - {listed}" for listed in ended["payloads"]]
        lines += ["      by:", f"        staff: {ended['by']['staff']}", "        signature: |"]
        lines += _indented(ended["by"]["signature"], 10)
    return "".join(f"{line}\n" for line in lines)


def _indented(text: str, columns: int) -> list[str]:
    return [" " * columns + line for line in text.splitlines()]


def _signer(staff: str, entry: Mapping[str, Any]) -> str:
    """A line of `allowed_signers`; none for a key that nobody could use."""
    if not (entry.get("usable", True) and (LISTS_UNENROLLED or entry.get("enrolled", True))):
        return ""
    ends = [entry["valid_until"]] if "valid_until" in entry else []
    ends += [entry["ended"]["at"]] if "ended" in entry else []
    namespaces = ",".join(
        sorted(entry["passkey"]["namespaces"])
        if "passkey" in entry
        else (
            CERTIFICATION_NAMESPACE,
            CLAIM_NAMESPACE,
            DELEGATION_NAMESPACE,
            KEY_NAMESPACE,
            OMISSION_NAMESPACE,
            OVERRIDE_NAMESPACE,
            WAIVER_NAMESPACE,
        )
    )
    options = [f'namespaces="{namespaces}"', f'valid-after="{_compact(entry["valid_from"])}"']
    if ends:
        options.append(f'valid-before="{_compact(min(ends))}"')
    return f"{staff} {','.join(options)} {entry['public_key']}\n"


def _compact(moment: str) -> str:
    return moment.translate(str.maketrans("", "", "-:T"))


def write(top: Path, cases: Mapping[str, Certified]) -> None:
    """Write cases anew below a folder: `CER001/bad/re-spaced` → files; a case's `expected.txt` stays."""
    for name, case in cases.items():
        target = top / name
        shutil.rmtree(target / "content", ignore_errors=True)
        for path, data in case.files.items():
            file = target / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)


def main() -> None:
    """Rewrite the fixture cases that are made here."""
    from tests.certification.cases import CASES

    write(FIXTURES, {name: make() for name, make in CASES.items()})
    sys.stdout.write(f"{len(CASES)} cases\n")


if __name__ == "__main__":
    main()
