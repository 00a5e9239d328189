"""Decisions by passkey and enrolments, attacked: another's, another thing, another time, and what is in the texts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from httpx import Response

from licheng.core.certification import CERTIFICATION_NAMESPACE
from licheng.core.trust import KEY_NAMESPACE
from licheng.platform.sessions import Sessions
from licheng.platform.settings import Settings
from licheng.platform.spool import Spool
from licheng.signing.demo_keys import DemoKey
from licheng.sources.tree import CommitTree
from tests.certification.test_passkeys import answer as enrolment
from tests.certification.test_passkeys import statement
from tests.platform.main_branch import committed, copied
from tests.platform.signers import passkey_of, with_passkey
from tests.platform.visitors import OURS, Clock, Visitor
from tests.shared import once
from tests.signing.passkeys import HOST, SoftPasskey

TEACHER, OTHER, DEAN, STUDENT = "t014", "t015", "t002", "s1130001"
MINE = passkey_of(TEACHER)


@pytest.fixture(scope="module")
def upstream(demo_repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo school, in which one teacher has a passkey."""
    return once(tmp_path_factory, "licheng-certifying", lambda to: with_passkey(copied(demo_repository, to), TEACHER))


@dataclass
class Person:
    """Somebody at the platform, without scripts."""

    visitor: Visitor
    settings: Settings
    clock: Clock
    account: str = ""

    def be(self, account: str) -> Person:
        sessions = Sessions(self.settings)
        self.account = account
        self.visitor.client.cookies.clear()
        self.visitor.client.cookies.set(sessions.cookie_name, sessions.start(account, self.clock(), "demo"))
        return self

    def get(self, path: str) -> Response:
        return self.visitor.get(path)

    def post(self, path: str, **data: Any) -> Response:
        given = {"csrf": self.visitor.token("/"), **data}
        answer: Response = self.visitor.client.post(path, data=given, headers=OURS)
        return answer

    @property
    def works(self) -> list[str]:
        return re.findall(r'name="item" value="([^"]+)"', self.get("/queue").text)

    def prepare(self, *works: str, look: bool = True, **said: Any) -> Response:
        for work in works if look else ():
            assert self.get(f"/students/{work}").status_code == 200
        stated = {"decision": "certified", "passkey": MINE.public.fingerprint, **said}
        return self.post("/certify", item=list(works), **stated)

    def asked(self, path: str) -> dict[str, Any]:
        asked: dict[str, Any] = json.loads(self.get(f"{path}/request").text)
        return asked

    def answered(self, path: str, key: SoftPasskey = MINE, **changes: Any) -> dict[str, Any]:
        """What the signing page gives back for one decision."""
        asked = self.asked(path)
        signature = key.sign(CERTIFICATION_NAMESPACE, asked["payload"].encode()).decode()
        return {"id": asked["id"], "job": asked["job"], "signature": signature, **changes}

    def tickets(self) -> int:
        return len(Spool(self.settings.state / "spool").waiting())


@pytest.fixture
def person(upstream: Path, settings: Settings, clock: Clock) -> Iterator[Person]:
    settings = replace(settings, remote=str(upstream))
    visitor = Visitor.of(settings, clock)
    with visitor.client:
        yield Person(visitor, settings, clock)


def code_of(response: Response) -> str:
    match = re.search(r"APP[0-9]{3}", response.text)
    return match[0] if match is not None else str(response.status_code)


def test_one_decision_from_the_queue_to_its_ticket(person: Person) -> None:
    person.be(TEACHER)
    work = person.works[0]
    assert code_of(person.prepare(work, look=False)) == "APP374"
    path = person.prepare(work).headers["location"]
    assert re.fullmatch(r"/certify/[0-9a-f]{32}", path)
    answer = json.dumps(person.answered(path))
    first, again = (person.post(path, answer=answer).headers["location"] for _ in range(2))
    assert first == again  # sent twice, it is handed in once
    [ticket] = Spool(person.settings.state / "spool").waiting()
    assert ticket.account == TEACHER
    names = sorted(name.rpartition("/")[2] for name in ticket.files)
    assert [name[4:] for name in names] == ["-certified.json", "-certified.json.sig"]


def answers(person: Person, path: str, other: str) -> dict[str, tuple[Any, str]]:
    """Answers that are none to what was asked, each with the code that it gets."""
    good, text = person.answered(path), person.asked(path)["payload"].encode()
    foreign = person.answered(other)

    def signed(key: SoftPasskey, namespace: str, message: bytes, origin: str | None = None) -> dict[str, Any]:
        return good | {"signature": key.sign(namespace, message, origin).decode()}

    return {
        "nothing": ("", "APP373"),
        "no JSON": ("{", "APP373"),
        "a list": ("[]", "APP373"),
        "very deep": ("[" * 9000, "APP373"),
        "far too large": (json.dumps(good | {"x": "y" * 70_000}), "APP373"),
        "another id": (good | {"id": foreign["id"]}, "APP373"),
        "another's answer": (foreign, "APP373"),
        "another job": (good | {"job": "certification-list"}, "APP373"),
        "no signature": ({name: good[name] for name in ("id", "job")}, "APP373"),
        "a number as signature": (good | {"signature": 4}, "APP373"),
        "half a character": (json.dumps(good)[:-1] + ', "list": "\\ud800"}', "APP373"),
        "no armor": (good | {"signature": "x"}, "APP042"),
        "shown one, signed another": (good | {"signature": foreign["signature"]}, "APP042"),
        "changed by a byte": (signed(MINE, CERTIFICATION_NAMESPACE, text[:-1] + b" \n"), "APP042"),
        "for another thing": (signed(MINE, KEY_NAMESPACE, text), "APP042"),
        "by another passkey": (signed(SoftPasskey.of("another"), CERTIFICATION_NAMESPACE, text), "APP042"),
        "on another page": (signed(MINE, CERTIFICATION_NAMESPACE, text, f"https://{HOST}:444"), "APP042"),
        "on the platform's page": (
            signed(SoftPasskey.of("tests t014", "localhost"), CERTIFICATION_NAMESPACE, text, "http://localhost:8001"),
            "APP042",
        ),
    }


@pytest.mark.hostile("signature of something else")
def test_what_is_no_answer_to_what_was_asked_is_handed_in_by_nobody(person: Person) -> None:
    person.be(TEACHER)
    one, two = person.works[:2]
    path, other = (person.prepare(work).headers["location"] for work in (one, two))
    codes = {}
    tried = answers(person, path, other)
    for name, (answer, _) in tried.items():
        codes[name] = code_of(person.post(path, answer=answer if isinstance(answer, str) else json.dumps(answer)))
    assert codes == {name: code for name, (_, code) in tried.items()}
    assert person.tickets() == 0


@pytest.mark.hostile("reach")
def test_a_request_is_its_owners_for_an_hour(person: Person) -> None:
    work = person.be(TEACHER).works[0]
    path = person.prepare(work).headers["location"]
    answer = json.dumps(person.answered(path))
    for account in (OTHER, DEAN, STUDENT):
        person.be(account)
        assert {person.get(path).status_code, person.get(f"{path}/request").status_code} == {404}
        assert person.post(path, answer=answer).status_code == 404
    person.be(TEACHER)
    for name in ("0" * 32, "x", "..%2Faccess", path[-32:].upper()):
        assert person.get(f"/certify/{name}").status_code == 404
    person.clock.passes(minutes=59)
    person.be(TEACHER)
    assert person.get(path).status_code == 200
    person.clock.passes(minutes=1)
    assert person.get(path).status_code == 404
    assert person.post(path, answer=answer).status_code == 404
    assert person.tickets() == 0


@pytest.mark.hostile("reach")
def test_nobody_decides_on_what_is_not_theirs(person: Person) -> None:
    works = person.be(TEACHER).works
    for work in works:
        assert person.get(f"/students/{work}").status_code == 200
    for account in (OTHER, DEAN, "t004", "t001", STUDENT, "t900"):
        person.be(account)
        for item in (*works, "s1139999/terms/115-1/outputs/x", "x", "../x", ""):
            assert person.get(f"/certify?item={item}").status_code == 404, (account, item)
            assert person.post("/certify", item=item, decision="certified").status_code == 404
    # One among one's own spoils all of them.
    person.be(OTHER)
    mine = person.works[:1]
    assert mine
    answer = person.post("/certify", item=[*mine, works[0]], decision="certified")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"decision": ""}, "APP376"),
        ({"decision": "reaffirmed"}, "APP376"),
        ({"decision": "certified\n"}, "APP376"),
        ({"decision": "returned"}, "APP044"),
        ({"decision": "returned", "reason": "unverifiable", "text": " \t"}, "APP044"),
        ({"decision": "returned", "reason": "not-good-enough", "text": "x"}, "APP043"),
        ({"passkey": ""}, "APP375"),
        ({"passkey": "SHA256:AAAA"}, "APP375"),
        ({"passkey": DemoKey.of("licheng demo 1", TEACHER).public.fingerprint}, "APP375"),
    ],
)
def test_what_no_signature_could_mend_is_told_before(person: Person, said: dict[str, Any], code: str) -> None:
    work = person.be(TEACHER).works[0]
    assert code_of(person.prepare(work, **said)) == code


@pytest.mark.hostile("two-faced platform")
def test_what_changed_meanwhile_is_looked_at_again(person: Person, tmp_path: Path, upstream: Path) -> None:
    here = copied(upstream, tmp_path / "school.git")
    settings = replace(person.settings, remote=str(here))
    person = Person(Visitor.of(settings, person.clock), settings, person.clock)
    work = person.be(TEACHER).works[0]
    path = person.prepare(work).headers["location"]
    answer = json.dumps(person.answered(path))
    student, _, place = work.partition("/")
    item = f"content/students/{student[1:4]}/{student}/{place}/item.md"
    with CommitTree(here, "refs/heads/main") as tree:
        data = tree.read(next(iter(tree.entries(item))))
    committed(here, item, data + "補一句。\n".encode())
    assert code_of(person.post(path, answer=answer)) == "APP373"
    assert person.tickets() == 0


@pytest.mark.hostile("markup")
@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'--!>{{ 7*7 }}"])
def test_a_reason_stays_text_on_every_page(person: Person, text: str) -> None:
    work = person.be(TEACHER).works[0]
    path = person.prepare(work, decision="returned", reason="unverifiable", text=text).headers["location"]
    html = person.get(path).text
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    [attribute] = re.findall(r'data-request="([^"]*)"', html)
    assert json.loads(attribute.replace("&#34;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'"))
    payload = json.loads(person.asked(path)["payload"])
    assert payload["predicate"]["reason"]["text"] == text


def handed_over(person: Person, staff: str, key: SoftPasskey, **changes: Any) -> str:
    asked = json.loads(person.get("/passkey/new/request").text)
    school: Any = SimpleNamespace(repository=asked["repository"])
    return json.dumps(enrolment(statement(school, key, staff, since=asked["valid_from"], **changes), key))


def test_an_enrolment_is_kept_for_its_holder_and_shown_to_coordinators_alone(person: Person) -> None:
    key = SoftPasskey.of("tests t015")
    person.be(OTHER)
    assert person.post("/passkey/new", answer=handed_over(person, OTHER, key)).headers["location"] == "/passkey"
    short = re.findall(r"<code>([^<]*)</code>", person.get("/passkey").text)
    assert len(short) == 1
    for account in (DEAN, "t004"):
        person.be(account)
        assert short[0] in person.get("/enrolments").text
        assert json.loads(person.get(f"/enrolments/{OTHER}").text)["entry"]["public_key"] == key.line
        for name in ("t999", "..%2Fsecret", "x", STUDENT):
            assert person.get(f"/enrolments/{name}").status_code == 404
    for account in (TEACHER, OTHER, "t001", STUDENT, "t900"):
        person.be(account)
        assert person.get("/enrolments").status_code == 404
        assert person.get(f"/enrolments/{OTHER}").status_code == 404
    assert short[0] not in person.be(TEACHER).get("/passkey").text


@pytest.mark.hostile("signature of something else")
def test_what_is_no_enrolment_of_ones_own_is_not_kept(person: Person) -> None:
    key = SoftPasskey.of("tests t016")
    person.be(OTHER)
    good = handed_over(person, OTHER, key)
    for answer in (
        "", "{}", "[]", "{", "x" * 70_000,
        handed_over(person, TEACHER, key),  # in another's name
        handed_over(person, OTHER, key, application="sign.other.example"),
        handed_over(person, OTHER, key, namespaces=[KEY_NAMESPACE]),
        good.replace('"credential": "AAEC', '"credential": "BBEC'),
    ):  # fmt: skip
        assert code_of(person.post("/passkey/new", answer=answer)) in {"APP370", "APP371"}, answer[:60]
    assert not (person.settings.state / "enrolments").exists()
    person.be(STUDENT)
    assert person.get("/passkey/new").status_code == 404
    assert person.post("/passkey/new", answer=good).status_code == 404
