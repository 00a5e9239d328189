"""A platform on which people have things of their own, and every route that could lead somebody else to them."""

from __future__ import annotations

import itertools
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from httpx import Response
from starlette.routing import Mount, Route

from licheng.app.trust.student_keys import with_entry
from licheng.platform.parts import Parts
from licheng.platform.server import application
from licheng.platform.settings import Settings
from tests.certification.test_passkeys import answer as enrolment
from tests.certification.test_passkeys import statement
from tests.certified import student_entry
from tests.inspection import samples
from tests.platform.main_branch import committed, copied, git
from tests.platform.signers import passkey_of, with_passkey
from tests.platform.visitors import OURS, Clock, Visitor
from tests.signing.passkeys import SoftPasskey

STUDENT, TEACHER, KEEPER, NEWCOMER, COORDINATOR, TUTOR = "s1130001", "t014", "t008", "t015", "t002", "t012"
# Who has no business with any of it, and why.
STRANGERS = {
    "another student": "s1130002",
    "a teacher of another section": "t021",
    "a tutor of another class": "t013",
    "a unit without the duty": "t003",
    "the principal": "t001",
    "the intake account": "t900",
    "an account that has ended": "t025",
    "nobody": None,
}
PRIVATE = "祕密"  # in every text that is somebody's own
WORK = "terms/115-1/outputs/free-throw"
DRAFT, HANDED_IN = "years/115/activities/zzqdraft/item.md", "years/115/activities/zzqsent/item.md"
POSITION = "positions/114-1-vice-leader.yaml"
PHOTO = samples.photo(samples.exif(artist=b"Invented Author", gps=True))
# All that any form of the platform knows.
FIELDS: dict[str, str] = {
    "_do": "submit", "_base": "", "_seen": "", "_key": "stolen", "_tab": "stolen", "_number": "9", "name": "x",
    "decision": "revoked", "reason": "unverifiable", "text": "x", "answer": "{}", "sealed": "x", "code": "x",
    "passkey": "x", "kind": "activity", "category": "work", "term": "115-1", "year": "115", "import": "positions",
}  # fmt: skip


@dataclass
class Town:
    """The platform, asked by anybody.

    Attributes:
        values: what may stand for each part of a path, of things that are somebody's.
        secrets: what nobody else is ever told.
        work: that waits for the teacher: its student and its place.
    """

    settings: Settings
    clock: Clock
    visitor: Visitor
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)
    work: str = ""
    _cookies: dict[str, str] = field(default_factory=dict)

    @property
    def parts(self) -> Parts:
        return self.visitor.client.parts

    def cookie(self, account: str) -> str:
        """Of a session that is an account's; of one that has signed out since, a new one."""
        sessions = self.parts.sessions
        if account not in self._cookies or sessions.read(self._cookies[account], self.clock()) is None:
            self._cookies[account] = sessions.start(account, self.clock(), "demo")
        return self._cookies[account]

    def token(self, account: str) -> str:
        session = self.parts.sessions.read(self.cookie(account), self.clock())
        assert session is not None
        return self.parts.sessions.csrf(session)

    def ask(self, method: str, path: str, account: str | None, **request: Any) -> Response:
        """A request of somebody; with `data` it is a form of ours, with its token."""
        client = self.visitor.client
        client.cookies.clear()
        headers = dict(request.pop("headers", OURS))
        if account is not None:
            headers["cookie"] = f"{self.parts.sessions.cookie_name}={self.cookie(account)}"
            if "data" in request:
                request["data"] = {"csrf": self.token(account), **request["data"]}
        answer: Response = client.request(method, path, headers=headers, **request)
        return answer

    def kept(self) -> dict[str, bytes]:
        """All that lies on the platform's disk of anybody, but who looked, and main's tip."""
        files = (path for path in self.settings.state.rglob("*") if path.is_file())
        lying = {str(path.relative_to(self.settings.state)): path.read_bytes() for path in files}
        main = git(Path(self.settings.remote), "rev-parse", "main").encode()
        return {path: data for path, data in lying.items() if not path.startswith("access/")} | {"main": main}

    def filled(self, path: str) -> Iterator[str]:
        """A route's path with what is somebody's in each of its parts; a part that is unknown here is a KeyError."""
        names = [name.partition(":")[0] for name in re.findall(r"{([^}]*)}", path)]
        for values in itertools.product(*(self.values[name] for name in names)):
            yield _with(path, dict(zip(names, values, strict=True)))

    def asked(self, path: str) -> Iterator[str]:
        """A route's path so filled, alone and with what pages are asked for in a query."""
        for filled in self.filled(path):
            yield filled
            yield f"{filled}?{urlencode({'item': self.work, 'student': STUDENT, 'class': '12a', 'check': 'submit'})}"


def _with(path: str, values: Mapping[str, str]) -> str:
    return re.sub(r"{([^}:]*)[^}]*}", lambda match: values[match[1]], path)


def _routes() -> Iterator[tuple[str, str]]:
    """Method and path of every route of the application, without HEAD, which is GET."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        settings = Settings("http://localhost:8001", "http://sign.localhost", folder, None, state, "t900", demo=True)
        for route in application(settings, Clock()).routes:
            if isinstance(route, Mount):
                yield "GET", f"{route.path}/platform.css"
            else:
                assert isinstance(route, Route)
                for method in sorted((route.methods or set()) - {"HEAD"}):
                    yield method, route.path


ROUTES = tuple(_routes())
SHOWING = tuple(path for method, path in ROUTES if method == "GET")
DOING = tuple((method, path) for method, path in ROUTES if method != "GET")


def founded(demo: Path, folder: Path) -> Town:
    """A platform where everybody has begun something: a draft, a file, a hand-in, a decision, a record, a passkey."""
    repository = copied(demo, folder / "school.git")
    for staff in (TEACHER, KEEPER):
        with_passkey(repository, staff)
    state = folder / "state"
    state.mkdir(mode=0o700)
    settings = Settings(
        "http://localhost:8001", "http://sign.localhost:8002", str(repository), None, state, "t900", demo=True
    )
    clock = Clock()
    town = Town(settings, clock, Visitor.of(settings, clock))
    sent, upload = _writes(town)
    decision, works = _decides(town)
    change = _records(town)
    _enrols(town)
    hand_in = _signs(town)
    digests = {
        file.sha256 or "": file.name
        for student in town.parts.school_view.now().students([STUDENT])
        for file in student.files.values()
    }
    town.values |= {
        "student": (STUDENT,),
        "place": (WORK, "years/114/activities/zine", "external/114-1-computer-certificate"),
        # A PDF among them, which is shown by its pages.
        "digest": tuple(sorted(digests, key=lambda digest: (not digests[digest].endswith(".pdf"), digest))[:3]),
        "number": ("1",),
        "ticket": (sent,),
        "name": ("receipt.json", "receipt.sig", "allowed_signers"),
        "key": (DRAFT.replace("/", "."), upload),
        "prepared": (decision, change, hand_in),
        "below": (
            DRAFT, HANDED_IN, f"../{STUDENT}/{DRAFT}", f"students/113/{STUDENT}/{POSITION}",
            f"students/113/{STUDENT}/terms/114-1/marks.yaml", f"students/113/{STUDENT}/attendance/114-1.yaml",
            f"students/113/{STUDENT}/student.yaml", f"students/113/{STUDENT}/{WORK}/item.md", "school/duties.yaml",
        ),
        "kind": ("position", "attendance", "marks", "student", "consultation", "verification", "exploration"),
        "staff": (NEWCOMER,),
        "class": ("12a",),
    }  # fmt: skip
    town.work = works[0]
    town.secrets |= {PRIVATE, sent, decision, change, hand_in, upload, *works, *digests}
    return town


def _writes(town: Town) -> tuple[str, str]:
    """A student's draft with a file, and a hand-in that waits; the ids of ticket and upload."""
    typed = {"summary": f"{PRIVATE}的大綱", "on": "2026-10-10", "_body": f"{PRIVATE}的內文", "category": "work"}
    for below in (DRAFT, HANDED_IN):
        data = {**typed, "name": f"{PRIVATE}作品", "_do": "attach", "_key": "mine"}
        file = {"_file": (f"{PRIVATE}的照片.jpg", PHOTO)}
        assert town.ask("POST", f"/me/edit/{below}", STUDENT, data=data, files=file).status_code == 303
    page = town.ask("GET", f"/me/edit/{HANDED_IN}", STUDENT).text
    [upload] = re.findall(r'name="_upload" value="([0-9a-f]{24})"', page)
    data = {**typed, "name": f"{PRIVATE}作品", "_upload": upload, "_do": "submit", "_key": "mine2"}
    ticket = town.ask("POST", f"/me/edit/{HANDED_IN}", STUDENT, data=data).headers["location"]
    assert ticket.startswith("/me/tickets/"), ticket
    return ticket.rpartition("/")[2], upload


def _decides(town: Town) -> tuple[str, list[str]]:
    """A decision of a teacher that waits for its signature; its id, and the works of the queue."""
    works = re.findall(r'name="item" value="([^"]+)"', town.ask("GET", "/queue", TEACHER).text)
    for work in works:
        assert town.ask("GET", f"/students/{work}", TEACHER).status_code == 200
    said = {"decision": "returned", "reason": "unverifiable", "text": f"{PRIVATE}的理由"}
    passkey = passkey_of(TEACHER).public.fingerprint
    answer = town.ask("POST", "/certify", TEACHER, data={"item": works, "passkey": passkey, **said})
    return answer.headers["location"].rpartition("/")[2], works


def _records(town: Town) -> str:
    """A change of a unit that waits for its signature; its id."""
    answer = town.ask("POST", "/records/position", KEEPER, data={"student": STUDENT})
    typed = {
        "organisation": "班級",
        "title": f"{PRIVATE}股長",
        "level": "2",
        "starts": "2026-09-01",
        "ends": "2027-01-20",
    }
    answer = town.ask("POST", answer.headers["location"], KEEPER, data={"_base": "", "_do": "save", **typed})
    return answer.headers["location"].rpartition("/")[2]


def _signs(town: Town) -> str:
    """A hand-in of a student with a passkey that waits for its signature; its id. A second passkey waits as well."""
    asked = json.loads(town.ask("GET", "/me/passkey/new/request", STUDENT).text)
    first, second = (SoftPasskey.of(f"tests {STUDENT} {number}") for number in (1, 2))
    entries = [student_entry(asked["repository"], STUDENT, each, asked["valid_from"]) for each in (first, second)]
    student = town.parts.school_view.now().student(STUDENT)
    assert student is not None
    committed(Path(town.settings.remote), *with_entry(student, entries[0]))
    answer = json.dumps({"student": STUDENT, "repository": asked["repository"], "entry": entries[1]})
    assert town.ask("POST", "/me/passkey/new", STUDENT, data={"answer": answer}).status_code == 303
    typed = {"summary": f"{PRIVATE}的大綱", "on": "2026-10-10", "_body": f"{PRIVATE}的內文", "category": "work"}
    below, sends = (
        HANDED_IN.replace("zzqsent", "zzqsigned"),
        {"name": f"{PRIVATE}作品", "_do": "submit", "_key": "mine3"},
    )
    said = town.ask("POST", f"/me/edit/{below}", STUDENT, data={**typed, **sends})
    assert said.headers["location"].startswith("/me/sign/"), said.headers["location"]
    town.secrets |= {first.line, second.line}
    return said.headers["location"].rpartition("/")[2]


def _enrols(town: Town) -> None:
    """A passkey that waits for its witness."""
    asked = json.loads(town.ask("GET", "/passkey/new/request", NEWCOMER).text)
    school: Any = SimpleNamespace(repository=asked["repository"])
    key = passkey_of(NEWCOMER)
    answer = json.dumps(enrolment(statement(school, key, NEWCOMER, since=asked["valid_from"]), key))
    assert town.ask("POST", "/passkey/new", NEWCOMER, data={"answer": answer}).status_code == 303
    town.secrets.add(key.line)
