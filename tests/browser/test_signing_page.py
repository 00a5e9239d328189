"""The signing page in Chromium with a virtual authenticator: what it signs, what it shows, what it refuses."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from playwright.sync_api import Browser, Page

from licheng.core.characters import flaws
from licheng.core.statements import StudentPasskeyStatement
from licheng.core.statements import enrolment as enrolment_statement
from licheng.outputs.signing_page import HEADERS, SigningSite, digests, files
from licheng.signing.canonical import MAX_BYTES, encode
from licheng.signing.public_key import short_fingerprint
from licheng.signing.sshsig import Signature, VerifiedSignature, parse, signed_data, verify
from licheng.signing.webauthn import Assertion
from licheng.sources import schemas
from tests.browser.signing import (
    AT,
    NAME,
    REPOSITORY,
    Sites,
    Teacher,
    accepted,
    both_sites,
    enrolment,
    key_of,
    keys_of,
    until,
)
from tests.browser.visit import AXE, SCHEMES, WIDTHS
from tests.signing.passkeys import ORDER, ORIGIN, SoftPasskey, der
from tests.signing.test_canonical import REFUSED

XSS = "<img src=x onerror=\"document.title='ran'\"><script>document.title='ran'</script>"
CERTIFICATION, LIST, CHANGE, KEY = (
    f"{name}@licheng.invalid" for name in ("certification", "certification-list", "change", "key")
)
HAND_IN, CONSENT, STUDENT_KEY = (
    f"{name}@licheng.invalid" for name in ("student-hand-in", "student-consent", "student-key")
)


@pytest.fixture(scope="module")
def sites() -> Iterator[Sites]:
    with both_sites() as found:
        yield found


@pytest.fixture(scope="module")
def enrolled(browser: Browser, sites: Sites) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An enrolment's answer, and what the authenticator holds afterwards."""
    context = browser.new_context(locale="zh-TW")
    teacher = Teacher(context, sites)
    answer = teacher.enrol()
    context.close()
    return answer, teacher.credentials


@pytest.fixture
def teacher(browser: Browser, sites: Sites, enrolled: tuple[dict[str, Any], list[dict[str, Any]]]) -> Iterator[Teacher]:
    context = browser.new_context(locale="zh-TW", accept_downloads=True)
    someone = Teacher(context, sites, credentials=copy.deepcopy(enrolled[1]))
    yield someone
    context.close()
    assert someone.faults == []
    names = {request.removeprefix(f"{sites.signing}/") for request in someone.requests}
    assert names <= {"", "page.css", "page.js", "signing.js", "school.js", "words.js"}


@pytest.fixture(scope="module")
def key(enrolled: tuple[dict[str, Any], list[dict[str, Any]]]) -> dict[str, Any]:
    return enrolled[0]


def payload(key: dict[str, Any], number: int = 1, **predicate: Any) -> dict[str, Any]:
    """A certification for the enrolled key."""
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "predicateType": "certification/v1",
        "predicate": {
            "repository": REPOSITORY,
            "item": f"terms/115-1/outputs/pendulum-{number}",
            "student": "s1139901",
            "kind": "course-output",
            "term": "115-1",
            "course": "physics",
            "decision": "certified",
            "sequence": 1,
            "certifier": {"id": "t012", "key_fingerprint": key_of(key).fingerprint, "capacity": "course-teacher"},
            "rulebook": {"id": "2018-05-30", "digest": "63" * 32},
            "issued_at": AT,
            "statement": {"id": f"{predicate.get('decision', 'certified')}/v1", "language": "zh-TW"},
            **predicate,
        },
        "subject": [
            {"name": "item.md", "size": 512, "digest": {"sha256": "85" * 32}},
            {"name": "報告.pdf", "size": 123456, "digest": {"sha256": f"{number:064x}"}},
        ],
    }


def text_of(value: Any) -> str:
    return encode(value).decode()


def one(key: dict[str, Any], value: Any, **more: Any) -> dict[str, Any]:
    text = value if isinstance(value, str) else text_of(value)
    request = {"id": "r2", "job": "certification", "repository": REPOSITORY, "keys": keys_of(key), "payload": text}
    return request | more


def change(**more: Any) -> dict[str, Any]:
    folder = "content/students/113/s1139901"
    paths = [
        {"path": f"{folder}/terms/115-1/outputs/pendulum/item.md", "before": None, "after": "1" * 64},
        {"path": f"{folder}/README.md", "before": "2" * 64, "after": "3" * 64},
    ]
    return {"_type": "change/v1", "repository": REPOSITORY, "account": "t012", "at": AT, "paths": paths, **more}


def changing(key: dict[str, Any], value: Any, **more: Any) -> dict[str, Any]:
    return one(key, value, job="change", **more)


def hand_in(*names: str, **more: Any) -> dict[str, Any]:
    folder = "content/students/113/s1139901"
    paths = [
        {"path": f"{folder}/{name}", "before": None, "after": "1" * 64} for name in names or ("statement/item.md",)
    ]
    said = {"_type": "hand-in/v1", "repository": REPOSITORY, "account": "s1139901", "at": AT}
    return said | {"paths": paths} | more


def of_student(**more: Any) -> dict[str, Any]:
    request = enrolment(job="enrol-student", student="s1139901", namespaces=[HAND_IN, CONSENT])
    del request["staff"]
    return request | more


def many(key: dict[str, Any], texts: list[str]) -> dict[str, Any]:
    request = one(key, "", job="certification-list", payloads=texts)
    del request["payload"]
    return request


def shown(page: Page) -> str:
    return page.locator("main").inner_text()


def settle(page: Page) -> None:
    """What a message has begun has ended: it takes some digests and one drawing."""
    page.evaluate("""async () => {
      for (let more = 20; more; more--) await crypto.subtle.digest("SHA-256", new Uint8Array(9))
      await new Promise(requestAnimationFrame) }""")


def refusal(teacher: Teacher, request: Any) -> str:
    """Why nothing is signed, in the page's words; no button signs then."""
    page = teacher.ask(request)
    page.locator(".wrong h2").wait_for()
    assert page.locator("#act").count() == 0
    title = page.locator(".wrong h2").inner_text()
    page.close()
    return title


def test_an_enrolment_is_a_key_record_that_the_passkey_itself_signed(key: dict[str, Any], sites: Sites) -> None:
    entry = key["entry"]
    assert schemas.is_valid("staff-keys", {"kind": "staff-keys/v1", "keys": [entry]})
    statement = enrolment_statement(entry, repository=REPOSITORY, staff="t012")
    message = encode(statement.payload())
    assert accepted(entry["proof"], message, KEY, key_of(key)).origin == sites.signing
    assert entry["passkey"]["application"] == sites.host == key_of(key).application
    assert entry["passkey"]["origins"] == [sites.signing]
    assert entry["passkey"]["sentence"] == {"id": "passkey-use-1", "language": "zh-TW"}


def test_the_fingerprint_to_compare_is_the_one_that_python_computes(browser: Browser, sites: Sites) -> None:
    context = browser.new_context(locale="en")
    teacher = Teacher(context, sites)
    page = teacher.ask(enrolment(staff="t019"))
    assert "t019" in shown(page)
    assert "I lend it to nobody" in shown(page)
    assert "certifications of course outputs" in shown(page)
    page.click("#act")
    before = page.locator("#fingerprint").inner_text()
    page.click("#act")
    answer = teacher.answer()
    assert answer["entry"]["passkey"]["sentence"]["language"] == "en"
    after = page.locator("#fingerprint").inner_text()
    assert before == after == short_fingerprint(key_of(answer).fingerprint)
    context.close()


def test_one_decision_is_signed_and_accepted(teacher: Teacher, key: dict[str, Any], sites: Sites) -> None:
    value = payload(key, decision="returned", reason={"code": "wrong-file", "text": "檔案打不開，\n請再傳一次。"})
    page = teacher.ask(one(key, value))
    seen = shown(page)
    for text in ("退回", "s1139901", "physics", "115-1", "terms/115-1/outputs/pendulum-1", "檔案錯誤或無法開啟",
                 "請再傳一次。", "理由與品質無關", "item.md", "報告.pdf", "123456", "85" * 32, f"{1:064x}",
                 hashlib.sha256(encode(value)).hexdigest()):  # fmt: skip
        assert text in seen, text
    page.click("#act")
    answer = teacher.answer()
    assert (answer["id"], answer["job"]) == ("r2", "certification")
    assert answer["credential"] == key["entry"]["passkey"]["credential"]
    assert accepted(answer["signature"], encode(value), CERTIFICATION, key_of(key)).origin == sites.signing


def test_forty_decisions_are_signed_at_once(teacher: Teacher, key: dict[str, Any]) -> None:
    texts = [text_of(payload(key, number)) for number in range(40)]
    page = teacher.ask(many(key, texts))
    assert all(f"terms/115-1/outputs/pendulum-{number}" in shown(page) for number in range(40))
    assert page.locator("section.shown").count() == 40
    page.click("#act")
    answer = teacher.answer()
    lines = sorted(hashlib.sha256(text.encode()).hexdigest() for text in texts)
    assert answer["list"] == "".join(f"{line}\n" for line in lines)
    accepted(answer["signature"], answer["list"].encode(), LIST, key_of(key))


def test_a_change_is_signed_with_its_paths_shown(teacher: Teacher, key: dict[str, Any]) -> None:
    page = teacher.ask(changing(key, change()))
    for text in ("README.md", "outputs/pendulum/item.md", "1" * 64, "2" * 64, "3" * 64, "沒有這個檔案", "t012"):
        assert text in shown(page)
    page.click("#act")
    accepted(teacher.answer()["signature"], encode(change()), CHANGE, key_of(key))


def test_a_student_enrols_and_signs_a_hand_in_and_a_consent(browser: Browser, sites: Sites) -> None:
    context = browser.new_context(locale="zh-TW")
    student = Teacher(context, sites)
    page = student.ask(of_student())
    for text in ("s1139901", "不登錄也可以照樣送出", "自己送出、修改或撤回的內容", "我會立刻告訴導師停用"):
        assert text in shown(page)
    page.click("#act")
    page.locator("#fingerprint").wait_for()
    assert "當面給導師看這一串" in shown(page)
    page.click("#act")
    answer = student.answer()
    student.keep()
    entry = answer["entry"]
    assert schemas.is_valid("student-keys", {"kind": "student-keys/v1", "keys": [entry]})
    stated = StudentPasskeyStatement.of({**entry, **entry["passkey"]}, repository=REPOSITORY, student=answer["student"])
    accepted(entry["proof"], encode(stated.payload()), STUDENT_KEY, key_of(answer))
    for job, value, namespace, sentence in (
        ("hand-in", hand_in(), HAND_IN, "這些檔案是我自己送出的"),
        ("consent", hand_in("release-consent/first.yaml"), CONSENT, "是我自己的決定"),
    ):
        page.close()
        page = student.ask(one(answer, value, job=job))
        assert sentence in shown(page)
        assert value["paths"][0]["path"] in shown(page)
        page.click("#act")
        accepted(student.answer()["signature"], encode(value), namespace, key_of(answer))
    context.close()
    assert student.faults == []


def test_a_synced_passkey_signs_as_well(browser: Browser, sites: Sites) -> None:
    context = browser.new_context(locale="zh-TW")
    teacher = Teacher(context, sites, {"defaultBackupEligibility": True, "defaultBackupState": True})
    answer = teacher.enrol()
    teacher.ask(one(answer, payload(answer))).click("#act")
    signature = teacher.answer()["signature"]
    accepted(signature, encode(payload(answer)), CERTIFICATION, key_of(answer))
    read = parse(signature.encode())
    assert isinstance(read, Signature)
    assert isinstance(read.signature, Assertion)
    assert read.signature.flags == 0x1D  # present, verified, eligible for a backup and backed up
    context.close()


def test_who_is_not_recognised_signs_nothing_and_may_try_again(teacher: Teacher, key: dict[str, Any]) -> None:
    page = teacher.ask(one(key, payload(key)))
    teacher.verified(False)
    page.click("#act")
    page.locator(".wrong").wait_for()
    assert "什麼都沒有簽" in shown(page)
    assert teacher.platform.evaluate("window.failures") == "cancelled"
    teacher.verified(True)
    page.get_by_role("button", name="再試一次").click()
    accepted(teacher.answer()["signature"], encode(payload(key)), CERTIFICATION, key_of(key))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"hasUserVerification": False, "isUserVerified": False}, ("這個裝置不能確認使用者", "沒有完成")),
        ({"hasResidentKey": False}, ("這個裝置不能確認使用者", "沒有完成")),
        ({"protocol": "u2f", "ctap2Version": None, "hasResidentKey": False, "hasUserVerification": False,
          "isUserVerified": False, "transport": "usb"}, ("這個裝置不能確認使用者", "沒有完成")),
    ],
)  # fmt: skip
def test_a_device_that_cannot_tell_who_uses_it_enrols_nothing(
    options: dict[str, Any], words: tuple[str, ...], browser: Browser, sites: Sites
) -> None:
    context = browser.new_context(locale="zh-TW")
    teacher = Teacher(context, sites, options={name: value for name, value in options.items() if value is not None})
    page = teacher.ask(enrolment())
    page.click("#act")
    page.locator(".wrong h2").wait_for()
    assert page.locator(".wrong h2").inner_text() in words
    context.close()


def test_a_device_that_has_one_already_makes_no_second(teacher: Teacher, key: dict[str, Any]) -> None:
    page = teacher.ask(enrolment(credentials=[key["entry"]["passkey"]["credential"]]))
    page.click("#act")
    page.locator(".wrong h2").wait_for()
    assert page.locator(".wrong h2").inner_text() == "這個裝置已經有您的通行密鑰"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("NotSupportedError", "這個裝置做不出可用的通行密鑰"),
        ("ConstraintError", "這個裝置不能確認使用者"),
        ("AbortError", "沒有完成"),
    ],
)
def test_what_browsers_say_has_words(name: str, reason: str, teacher: Teacher) -> None:
    """No authenticator of Chromium's has RS256 alone: the browser's answer to it stands here for it."""
    page = teacher.ask(enrolment())
    page.evaluate("name => { navigator.credentials.create = () => Promise.reject(new DOMException('', name)) }", name)
    page.click("#act")
    page.locator(".wrong h2").wait_for()
    assert page.locator(".wrong h2").inner_text() == reason


def test_a_browser_without_passkeys_is_told_so(browser: Browser, sites: Sites) -> None:
    context = browser.new_context(locale="zh-TW")
    context.add_init_script("delete window.PublicKeyCredential")
    page = context.new_page()
    page.goto(sites.signing)
    assert "這個瀏覽器不能使用通行密鑰" in shown(page)
    assert page.locator("input").count() == 0
    context.close()


@pytest.mark.hostile("two-faced platform")
def test_an_opener_of_another_origin_gets_nothing(browser: Browser, sites: Sites, key: dict[str, Any]) -> None:
    """The very page of the platform, at another origin of the same machine."""
    context = browser.new_context(locale="zh-TW")
    stranger = context.new_page()
    stranger.goto(sites.platform.replace("localhost", "127.0.0.1"))
    stranger.get_by_text("ready").wait_for()
    message = {"protocol": "licheng-signing/v1", "step": "request", "request": one(key, payload(key))}
    with context.expect_page() as opened:
        stranger.evaluate("origin => { window.page = window.open(origin + '/') }", sites.signing)
    page = opened.value
    page.locator("h1").wait_for()
    page.evaluate("window.had = 0; addEventListener('message', () => { had += 1 })")
    stranger.evaluate("([message, origin]) => window.page.postMessage(message, origin)", [message, sites.signing])
    until(page, "window.had > 0")
    assert page.locator("h1").inner_text() == "簽署頁"
    assert "s1139901" not in shown(page)
    assert stranger.evaluate("window.heard") == []
    context.close()


def test_a_window_of_the_platform_that_is_not_the_opener_is_not_heard(
    teacher: Teacher, key: dict[str, Any], sites: Sites
) -> None:
    page = teacher.ask(None)
    message = {"protocol": "licheng-signing/v1", "step": "request", "request": one(key, payload(key))}
    # The signing page's own frame could be anything that it opened: here a message without the opener's window.
    page.evaluate(
        "([data, origin]) => dispatchEvent(new MessageEvent('message', {data, origin, source: window}))",
        [message, sites.platform],
    )
    settle(page)
    assert "s1139901" not in shown(page)


@pytest.mark.hostile("two-faced platform")
def test_the_platform_hears_nobody_but_the_window_that_it_opened(teacher: Teacher, key: dict[str, Any]) -> None:
    forged = {"protocol": "licheng-signing/v1", "step": "answer", "answer": {"signature": "forged"}}
    page = teacher.ask(one(key, payload(key)))
    outside, send = teacher.platform, "message => (opener ?? parent).postMessage(message, '*')"
    with teacher.context.expect_page() as opened:
        outside.evaluate("origin => { open(origin + '/') }", teacher.sites.signing)
    opened.value.locator("h1").wait_for()
    opened.value.evaluate(send, forged)  # of the right origin, in another window
    outside.evaluate(
        """source => new Promise(done => document.body.append(
          Object.assign(document.createElement("iframe"), {src: source, name: "stranger", onload: done})))""",
        teacher.sites.platform.replace("localhost", "127.0.0.1"),
    )
    stranger = outside.frame("stranger")
    assert stranger is not None
    stranger.evaluate(send, forged)
    until(outside, "window.heard.filter(data => data.step === 'answer').length > 1")
    assert outside.evaluate("window.outcome") is None
    page.click("#act")
    assert teacher.answer()["signature"] != "forged"
    page = teacher.ask(one(key, payload(key)))
    page.goto(teacher.sites.bare)  # the very window, at another origin
    page.evaluate(send, forged)
    until(outside, "window.heard.filter(data => data.step === 'answer').length > 3")
    assert outside.evaluate("window.outcome") is None
    teacher.requests[:] = [asked for asked in teacher.requests if asked.startswith(teacher.sites.signing)]


@pytest.mark.hostile("two-faced platform")
def test_framed_it_refuses(teacher: Teacher, sites: Sites) -> None:
    """The header stops a browser that knows it; the page looks as well."""
    outside = teacher.platform
    for number, origin in enumerate((sites.signing, sites.bare)):
        outside.evaluate(
            """([source, name]) => new Promise(done => document.body.append(
              Object.assign(document.createElement("iframe"), {src: source, name, onload: done})))""",
            [origin, f"frame{number}"],
        )
    stopped, busted = (outside.frame(f"frame{number}") for number in range(2))
    assert stopped is not None
    assert busted is not None
    assert stopped.locator("h1").count() == 0
    busted.locator("h1").wait_for()
    assert "這一頁被放在別的網頁裡" in busted.locator("main").inner_text()
    assert busted.locator("input, #act").count() == 0
    teacher.faults.clear()
    teacher.requests.clear()


@pytest.mark.hostile("two-faced platform")
def test_at_another_address_it_refuses(browser: Browser, sites: Sites) -> None:
    context = browser.new_context(locale="zh-TW")
    page = context.new_page()
    page.goto(sites.signing.replace("sign.localhost", "localhost"))
    assert "網址不對" in shown(page)
    context.close()


@pytest.mark.hostile("two-faced platform")
def test_what_is_shown_is_what_is_signed_whatever_the_platform_says(teacher: Teacher, key: dict[str, Any]) -> None:
    other = payload(key, decision="revoked", student="s1139902", reason={"code": "unverifiable", "text": "B"})
    page = teacher.ask(one(key, other))
    assert teacher.platform.locator("#said").inner_text() == "certified A"
    assert "撤銷" in shown(page)
    assert "s1139902" in shown(page)
    # A second request does not replace the first while somebody looks at it.
    before = shown(page)
    page.evaluate("window.had = 0; addEventListener('message', () => { had += 1 })")
    second = {"protocol": "licheng-signing/v1", "step": "request", "request": one(key, payload(key))}
    send = "([message, origin]) => window.page.postMessage(message, origin)"
    teacher.platform.evaluate(send, [second, teacher.sites.signing])
    until(page, "window.had > 0")
    settle(page)
    assert shown(page) == before
    page.click("#act")
    accepted(teacher.answer()["signature"], encode(other), CERTIFICATION, key_of(key))


@pytest.mark.hostile("two-faced platform")
def test_a_request_that_says_more_than_it_may_is_refused(teacher: Teacher, key: dict[str, Any]) -> None:
    assert refusal(teacher, one(key, payload(key)) | {"display": payload(key)}) == "看不懂送來的東西"


@pytest.mark.hostile("markup")
def test_markup_stays_text_wherever_it_is_shown(teacher: Teacher, key: dict[str, Any], sites: Sites) -> None:
    value = payload(key, decision="returned", reason={"code": "wrong-file", "text": XSS})
    value["subject"][0]["name"] = XSS
    texts = [one(key, value), many(key, [text_of(value)])]
    texts.append(changing(key, change(paths=[{"path": XSS, "before": None, "after": None}])))
    for request in texts:
        page = teacher.ask(request)
        assert XSS in shown(page)
        assert page.locator("main :is(img, script, b)").count() == 0
        assert "ran" not in page.title()
        assert page.locator("#school").inner_text() == NAME["zh"]
        page.close()


def refused_requests(key: dict[str, Any]) -> dict[str, tuple[Any, str]]:
    """Requests that are wrong in one thing, and the title of the refusal."""
    good, other_type = payload(key), "內容不是說好要簽的那一種"
    text = text_of(good)
    without, more = copy.deepcopy(good), copy.deepcopy(good)
    del without["predicate"]["certifier"]
    more["predicate"]["unseen"] = "x"
    other_key = payload(key, certifier={**good["predicate"]["certifier"], "key_fingerprint": "SHA256:" + "A" * 43})
    unseen = payload(key, decision="returned", reason={"code": "wrong-file", "text": "a\u202eb"})
    foreign_line = key["entry"]["public_key"].split(" ")
    blob = base64.b64decode(foreign_line[1]).replace(b"sign.localhost", b"sign.localhoss")
    foreign = [{**keys_of(key)[0], "public_key": f"{foreign_line[0]} {base64.b64encode(blob).decode()}"}]
    long = payload(key)
    long["subject"] = [{"name": f"{n:0100d}", "size": 1, "digest": {"sha256": "8" * 64}} for n in range(99)]
    return {
        "spaces": (one(key, json.dumps(good, ensure_ascii=False, sort_keys=True) + "\n"), "內容的寫法不是唯一的"),
        "no newline": (one(key, text[:-1]), "內容的寫法不是唯一的"),
        "a key twice": (one(key, text.replace('{"_type"', '{"_type":"x","_type"')), "內容的寫法不是唯一的"),
        "escaped": (one(key, text.replace("physics", "\\u0070hysics")), "內容的寫法不是唯一的"),
        "no JSON": (one(key, "x"), "內容的寫法不是唯一的"),
        "too long": (one(key, text_of(long)), "內容太長"),
        "a change as a certification": (one(key, change()), other_type),
        "a certification as a change": (changing(key, good), other_type),
        "an enrolment as a change": (
            changing(key, {"_type": "key-enrolment/v1", "repository": REPOSITORY}),
            other_type,
        ),
        "without its certifier": (one(key, without), other_type),
        "with what would not be shown": (one(key, more), other_type),
        "another sentence": (one(key, payload(key, statement={"id": "revoked/v1", "language": "en"})), other_type),
        "no file": (one(key, {**good, "subject": []}), other_type),
        "a change of nothing": (changing(key, change(paths=[])), other_type),
        "bytes of another school": (one(key, payload(key, repository="1" * 64)), "內容屬於別的學校"),
        "request of another school": (one(key, good, repository="1" * 64), "內容屬於別的學校"),
        "all of another school": (one(key, payload(key, repository="1" * 64), repository="1" * 64), "內容屬於別的學校"),
        "an enrolment at another school": (enrolment(repository="1" * 64), "內容屬於別的學校"),
        "hidden character": (one(key, unseen), "內容裡有看不見的字元"),
        "hidden in a path": (changing(key, change(paths=[{"path": "a\u200bb"}])), "內容裡有看不見的字元"),
        "for another key": (one(key, other_key), "平臺沒有說要用哪一把通行密鑰"),
        "no key": (one(key, good, keys=[]), "平臺沒有說要用哪一把通行密鑰"),
        "a key of another host": (one(key, good, keys=foreign), "這把通行密鑰屬於別的網站"),
        "an unknown job": (one(key, good, job="login"), "看不懂送來的東西"),
        "a job of JavaScript's": (one(key, good, job="constructor"), "看不懂送來的東西"),
        "no request": ("x", "看不懂送來的東西"),
        "what a passkey may not sign": (enrolment(namespaces=["override@licheng.invalid"]), "看不懂送來的東西"),
        "a student's that staff have": (of_student(namespaces=[CERTIFICATION]), "看不懂送來的東西"),
        "a teacher's that students have": (enrolment(namespaces=[HAND_IN]), "看不懂送來的東西"),
        "a hand-in as a change": (changing(key, hand_in()), other_type),
        "a consent as a hand-in": (one(key, hand_in("release-consent/a.yaml"), job="hand-in"), other_type),
        "a hand-in as a consent": (one(key, hand_in(), job="consent"), other_type),
        "101": (many(key, [text_of(payload(key, number)) for number in range(101)]), "份數不對"),
        "none": (many(key, []), "份數不對"),
        "twice": (many(key, [text, text]), "同一份出現兩次"),
    }


@pytest.mark.hostile("two-faced platform")
def test_every_wrong_request_is_refused_with_its_words(teacher: Teacher, key: dict[str, Any]) -> None:
    cases = refused_requests(key)
    assert {name: refusal(teacher, request) for name, (request, _) in cases.items()} == {
        name: title for name, (_, title) in cases.items()
    }
    assert teacher.platform.evaluate("window.outcome") == {"error": "twice"}


def test_without_an_opener_files_go_in_and_out(teacher: Teacher, key: dict[str, Any], tmp_path: Path) -> None:
    request = tmp_path / "request.json"
    request.write_text(json.dumps(one(key, payload(key))), encoding="utf-8")
    page = teacher.context.new_page()
    page.goto(teacher.sites.signing)
    teacher.plug(page)
    page.set_input_files("#file", request)
    page.click("#act")
    with page.expect_download() as download:
        page.get_by_role("link", name="下載簽好的檔案").click()
    assert download.value.suggested_filename == "licheng-answer.json"
    answer = json.loads(download.value.path().read_text("utf-8"))
    assert answer["protocol"] == "licheng-signing/v1"
    accepted(answer["signature"], encode(payload(key)), CERTIFICATION, key_of(key))
    teacher.requests[:] = [asked for asked in teacher.requests if not asked.startswith("blob:")]


def test_a_window_that_is_closed_is_told_to_the_platform(teacher: Teacher, key: dict[str, Any]) -> None:
    teacher.ask(one(key, payload(key))).close()
    until(teacher.platform, "window.outcome")
    assert teacher.platform.evaluate("outcome") == {"error": "closed"}


def test_the_keyboard_is_enough(teacher: Teacher, key: dict[str, Any]) -> None:
    page = teacher.ask(one(key, payload(key)))
    assert page.evaluate("document.activeElement.tagName") == "H1"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "act"
    page.keyboard.press("Enter")
    accepted(teacher.answer()["signature"], encode(payload(key)), CERTIFICATION, key_of(key))
    page.locator("h1", has_text="已簽署").wait_for()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert page.locator("h1").inner_text() == "Signed"


def test_axe_and_a_phone_find_nothing_wrong(
    browser: Browser, sites: Sites, enrolled: tuple[dict[str, Any], list[dict[str, Any]]]
) -> None:
    """Policies are off, as axe comes as a text; each view at both widths in both schemes."""
    key, credentials = enrolled
    returned = payload(key, decision="returned", reason={"code": "wrong-file", "text": "檔案打不開。"})
    wrong: dict[str, Any] = {}
    for width in WIDTHS:
        context = browser.new_context(viewport={"width": width, "height": 800}, locale="zh-TW", bypass_csp=True)
        teacher = Teacher(context, sites, credentials=copy.deepcopy(credentials))
        views = {
            "waiting": None,
            "enrol": enrolment(),
            "one": one(key, returned),
            "list": many(key, [text_of(payload(key, number)) for number in range(3)]),
            "change": changing(key, change()),
            "refused": one(key, "x"),
        }
        for name, request in views.items():
            page = teacher.ask(request)
            wrong |= look(page, f"{name} {width}")
            if name in {"enrol", "one"}:
                page.click("#act")
                page.locator("#fingerprint" if name == "enrol" else "a.button").wait_for()
                wrong |= look(page, f"{name} afterwards {width}")
            page.close()
        context.close()
    assert wrong == {}


def look(page: Page, name: str) -> dict[str, Any]:
    """What is wrong with a view in either scheme."""
    wrong: dict[str, Any] = {}
    page.evaluate(AXE)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(
            """async () => {
              const {violations} = await axe.run({resultTypes: ["violations"]})
              const wide = document.documentElement.scrollWidth > innerWidth ? ["too wide"] : []
              return [...wide, ...violations.map(({id, nodes}) => `${id} ${nodes.map(node => node.target)}`)] }"""
        )
        if found:
            wrong[f"{name} {scheme}"] = found
    return wrong


# ---- the encoder and the rest of signing.js, by calls


@pytest.fixture(scope="module")
def calls(browser: Browser, sites: Sites) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(sites.signing)
    page.evaluate("import('./signing.js').then(made => { window.made = made })")
    yield page
    page.close()


def values(count: int) -> list[Any]:
    """Values of all sorts, the same ones each time; texts of odd characters most of all."""
    dice = random.Random(1)
    letters = [
        *map(chr, range(0x180)),
        "\u2028",
        "\u2029",
        "\ufeff",
        "\ue000",
        "\uffff",
        "字",
        "𠮷",
        "😀",
        "\U0010ffff",
    ]

    def text() -> str:
        return "".join(dice.choices(letters, k=dice.randrange(12)))

    def value(depth: int) -> Any:
        sort = dice.randrange(8 if depth < 4 else 5)
        if sort < 2:
            return text()
        if sort == 2:
            return dice.choice((0, 1, -1, 2**53 - 1, 1 - 2**53, dice.randrange(-(2**40), 2**40)))
        if sort < 5:
            return dice.choice((True, False, None))
        if sort == 5:
            return [value(depth + 1) for _ in range(dice.randrange(4))]
        return {text(): value(depth + 1) for _ in range(dice.randrange(5))}

    return [value(0) for _ in range(count)]


def test_canonical_bytes_are_those_of_python(calls: Page) -> None:
    given = [*values(3000), {"\uffff": 1, "😀": 2, "\ue000": 3, "": 4, "a": 5, "aa": 6}]  # UTF-16 sorts them otherwise
    made = calls.evaluate(
        "texts => texts.map(text => made.hex(made.canonical(JSON.parse(text))))", [json.dumps(value) for value in given]
    )
    assert [bytes.fromhex(text) for text in made] == [encode(value) for value in given]


def test_what_python_refuses_as_not_canonical_is_refused(calls: Page) -> None:
    good = [encode(value) for value in values(300) if len(encode(value)) <= MAX_BYTES]
    bad = [data for data, _ in REFUSED.values()]
    read = calls.evaluate(
        """texts => texts.map(text => {
          try { made.parsed(made.fromBase64(text)); return null } catch (error) { return error.reason } })""",
        [base64.b64encode(data).decode() for data in (*good, *bad)],
    )
    assert read[: len(good)] == [None] * len(good)
    assert set(read[len(good) :]) == {"not-canonical", "too-large"}


def test_characters_that_nobody_sees_are_those_of_the_engine(calls: Page) -> None:
    around = (("", "b"), ("字", ""), ("☺", "👩"), ("a", "a"), ("👩", "👩"), ("1", ""))
    codes = (*range(0x20, 0x3000), *range(0xFE00, 0xFFFE), *range(0xE0000, 0xE0200))
    texts = [f"{before}{chr(code)}{after}" for code in codes for before, after in around]
    england = "".join(chr(0xE0000 + ord(letter)) for letter in "gbeng")
    texts += [f"🏴{england}\U000e007f", "🏴\U000e0067\U000e007f", "👩🏽\u200d🔬", "\u200d", "☺\ufe0f\ufe0f"]
    texts += ["x" + "\u0301" * 4, "x" + "\u0301" * 5, "葛\U000e0100", "葛\U000e0100\U000e0101"]
    made = calls.evaluate("texts => texts.map(text => made.hiddenIn(text))", texts)
    sorts = [{flaw.sort for flaw in flaws(text)} for text in texts]
    # Which characters are assigned, the browser's version of Unicode says, not the engine's.
    known = [entry for entry in zip(map(ascii, texts), made, sorts, strict=True) if entry[2] != {"unassigned"}]
    assert [entry for entry in known if (entry[1] is None) != (not entry[2])] == []


def test_what_clients_say_of_the_origin_is_kept_as_it_was_written(calls: Page) -> None:
    heads = {
        '{"type":"webauthn.get","challenge":"AAAA","origin":"https://a.example","crossOrigin":false}': "https://a.example",
        '{"type":"webauthn.get","challenge":"AAAA","origin":"https:\\/\\/a.example"}': "https:\\/\\/a.example",
        '{"challenge":"AAAA","type":"webauthn.get","origin":"https://a.example"}': "order",
        '{"type":"webauthn.get","origin":"https://a.example","challenge":"AAAA"}': "order",
        '{"type": "webauthn.get","challenge":"AAAA","origin":"https://a.example"}': "order",
        '{"type":"webauthn.create","challenge":"AAAA","origin":"https://a.example"}': "order",
        '{"type":"webauthn.get","challenge":"BBBB","origin":"https://a.example"}': "bad-answer",
    }
    made = calls.evaluate(
        """texts => texts.map(text => {
          try { return made.rawOrigin(made.bytesOf(text), [0, 0, 0]) } catch (error) { return error.reason } })""",
        list(heads),
    )
    assert dict(zip(heads, made, strict=True)) == heads


def test_numbers_are_read_and_the_lower_s_is_taken(calls: Page) -> None:
    dice = random.Random(2)
    pairs = [
        (dice.randrange(1, ORDER) >> dice.randrange(0, 250, 25) or 1, dice.randrange(1, ORDER)) for _ in range(300)
    ]
    made = calls.evaluate(
        "texts => texts.map(text => made.numbersOf(made.fromBase64(text)).map(String))",
        [base64.b64encode(der(r, s)).decode() for r, s in pairs],
    )
    assert made == [[str(r), str(min(s, ORDER - s))] for r, s in pairs]


def response(passkey: SoftPasskey, client_data: bytes, flags: int = 0x05, extensions: bytes = b"") -> dict[str, str]:
    """What a browser answers of a passkey in software, in base64."""
    data = hashlib.sha256(passkey.application.encode()).digest() + bytes([flags, 0, 0, 0, 7]) + extensions
    signature = passkey.private.sign(data + hashlib.sha256(client_data).digest(), ECDSA(SHA256()))
    parts = {"authenticatorData": data, "clientDataJSON": client_data, "signature": signature}
    return {name: base64.b64encode(part).decode() for name, part in parts.items()}


def test_what_an_authenticator_answers_is_looked_at_before_it_is_passed_on(calls: Page) -> None:
    passkey, message = SoftPasskey(), b"message\n"
    challenge = signed_data(message, CERTIFICATION, "sha512")
    good, escaped = passkey.client_data(challenge), ORIGIN.replace("/", "\\/")
    text = base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
    reordered = f'{{"challenge":"{text}","type":"webauthn.get","origin":"{ORIGIN}"}}'.encode()
    cases: dict[str, tuple[dict[str, str], str | None]] = {
        "as usual": (response(passkey, good), None),
        "synced": (response(passkey, good, 0x1D), None),
        "escaped, as older Android": (response(passkey, passkey.client_data(challenge, escaped)), None),
        "without crossOrigin": (response(passkey, passkey.client_data(challenge, tail="}")), None),
        "only touched": (response(passkey, good, 0x01), "not-verified"),
        "nobody there": (response(passkey, good, 0x04), "not-verified"),
        "with an extension": (response(passkey, good, 0x85, b"\xa1\x6bcredProtect\x02"), "bad-answer"),
        "reordered": (response(passkey, reordered), "order"),
        "another challenge": (response(passkey, passkey.client_data(b"login")), "bad-answer"),
        "another key's": (response(SoftPasskey(), good), "other-key"),
    }
    given = {
        "key": {"blob": base64.b64encode(passkey.blob).decode(), "point": base64.b64encode(passkey.point).decode()},
        "message": base64.b64encode(message).decode(),
        "responses": [case[0] for case in cases.values()] * 4,  # high and low numbers of several lengths
    }
    made = calls.evaluate(
        """async ({key, message, responses}) => {
          const bytes = fields => Object.fromEntries(
            Object.entries(fields).map(([name, text]) => [name, made.fromBase64(text)]))
          return Promise.all(responses.map(async response => {
            try {
              return await made.signatureOf({key: bytes(key), namespace: made.NAMESPACES.certification,
                                             message: made.fromBase64(message), response: bytes(response)})
            } catch (error) { return error.reason } })) }""",
        given,
    )
    for (name, (_, reason)), answer in zip([*cases.items()] * 4, made, strict=True):
        read = parse(answer.encode())
        if reason is None:
            assert isinstance(read, Signature), (name, read)
            assert isinstance(verify(read, message, CERTIFICATION), VerifiedSignature), name
        else:
            assert answer == reason, name


# ---- the files


def test_two_builds_are_the_same_bytes_and_only_the_schools_facts_differ() -> None:
    site = SigningSite(REPOSITORY, "https://sign.a.example", "https://a.example", NAME)
    other = SigningSite("1" * 64, "https://sign.b.example", "https://b.example", {"zh": "乙", "en": "B"})
    assert files(site) == files(site)
    assert {name for name, text in files(site).items() if files(other)[name] != text} == {"school.js"}
    assert list(digests(files(site))) == [
        "index.html",
        "page.css",
        "page.js",
        "school.js",
        "signing.js",
        "words.js",
        "-",
    ]


def test_the_pages_own_policy_is_the_servers_but_for_frames() -> None:
    html = files(SigningSite(REPOSITORY, "https://sign.a.example", "https://a.example", NAME))["index.html"]
    policy = html.partition('Security-Policy" content="')[2].partition('"')[0]
    assert HEADERS["Content-Security-Policy"].replace("frame-ancestors 'none'; ", "") == policy
    assert "<script>" not in html
    assert "style=" not in html
