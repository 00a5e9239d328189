"""A teacher certifies, returns and revokes, one or many: chosen here, signed on the signing page, handed in here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from licheng.app.trust.certify import DecisionRequest
from licheng.core.certification import REASONS, Decision
from licheng.core.errors import UsageError
from licheng.platform.certifying import Prepared, PreparedDecisions, SigningPasskey, passkeys_of, signed
from licheng.platform.pages.items import ItemRow, place_of, row, version_of
from licheng.platform.pages.looking import Look, loaded_school, shown
from licheng.platform.pages.signing import SigningPages
from licheng.platform.pages.teacher import relation
from licheng.platform.parts import SEE_OTHER, Parts, Room
from licheng.policy.delegations import lasts

_DECISIONS = (Decision.CERTIFIED, Decision.RETURNED, Decision.REVOKED)


@dataclass(frozen=True, slots=True)
class ChosenRow:
    """An item that somebody has chosen.

    Attributes:
        key: `student/place`, as the form says it.
        seen: they have opened it as it is now; only then may it be decided on here.
        why: by what right it is theirs to decide on.
        acting_for: the teacher for whom a deputy decides; None where it is their own.
    """

    key: str
    row: ItemRow
    student: str
    folder: str
    seen: bool
    why: str
    acting_for: str | None


def chosen(look: Look, keys: list[str]) -> tuple[ChosenRow, ...] | None:
    """The items of some keys, written down; None if one is not there or not theirs to decide on.

    Titles and states are shown of them, which is not to have opened the works.
    """
    rows = []
    for key in dict.fromkeys(keys):
        student_id, _, place = key.partition("/")
        student = look.student(student_id)
        outputs = student.of("course-output") if student is not None else ()
        item = next((item for item in outputs if student is not None and place_of(student, item) == place), None)
        if student is None or item is None or (mine := relation(student, item.folder, look)) is None:
            return None
        # The teacher who has delegated the course to them for that day.
        principals = (
            delegation.principal
            for delegation in look.school.trust.delegations
            if delegation.substitute == look.account
            and (str(item.term), item.data.get("course")) in delegation.courses
            and lasts(delegation, look.school, look.on)
        )
        # They have opened the item as it is now, by the access log: nobody signs what they have not looked at.
        what = version_of(student, item)
        seen = any(access.who == look.account and access.what == what for access in look.log.of(student.id))
        acting_for = next(principals, None) if mine == "deputy" else None
        rows.append(ChosenRow(key, row(item, student, look), student.id, item.folder, seen, mine, acting_for))
    look.write_down((each.student, "certify", each.why) for each in rows)
    return tuple(rows)


def decision_of(row: ChosenRow, stated: dict[str, str], passkey: SigningPasskey, look: Look) -> DecisionRequest:
    """What a form decides of an item.

    Args:
        row: the item.
        stated: `decision`, `reason`, `text`.
        passkey: which will sign.
        look: of whoever decides.

    Raises:
        UsageError: APP376, it is no decision.
    """
    if stated["decision"] not in _DECISIONS:
        raise UsageError("APP376")
    decision = Decision(stated["decision"])
    reason = (stated["reason"], stated["text"].strip()) if decision is not Decision.CERTIFIED else None
    language = look.names.words.language
    return DecisionRequest(
        look.account, passkey.fingerprint, decision, reason, acting_for=row.acting_for, language=language
    )


class _Certification:
    """What the handlers do."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._desk = PreparedDecisions(parts.settings.state / "certifying")

    def routes(self) -> list[BaseRoute]:
        """By path."""
        signing = SigningPages(self._parts, "/certify", "pages/sign.html", self._desk.prepared, self.hand_in)
        return [
            Route("/certify", self.choose, methods=["GET"]),
            Route("/certify", self.prepare, methods=["POST"]),
            *signing.routes(),
        ]

    async def choose(self, request: Request) -> Response:
        """What was chosen, with a form for the decision."""
        keys = request.query_params.getlist("item")

        def build(look: Look) -> dict[str, Any] | None:
            rows = chosen(look, keys)
            if not rows:
                return None
            with loaded_school(look) as (_, now):
                passkeys = passkeys_of(look.account, look.school, now)
            label = look.names.words.codes.label
            return {
                "rows": rows,
                "passkeys": passkeys,
                "decisions": [(decision.value, label("decision", decision)) for decision in _DECISIONS],
                "reasons": [(code, label("reason", code)) for code in REASONS],
            }

        page = await shown(request, self._parts, build)
        return self._parts.pages.page(request, "pages/certify.html", **page)

    async def prepare(self, request: Request) -> Response:
        """Write the payloads, and go to where they are signed."""
        form = request.state.form
        keys = [value for value in form.getlist("item") if isinstance(value, str)]
        stated = {name: str(form.get(name, "")) for name in ("decision", "reason", "text", "passkey")}

        def build(look: Look) -> Prepared | None:
            rows = chosen(look, keys)
            if rows is None:
                return None
            if unseen := next((each for each in rows if not each.seen), None):
                raise UsageError("APP374", item=unseen.row.title)
            with loaded_school(look) as (loaded, now):
                passkeys = {key.fingerprint: key for key in passkeys_of(look.account, look.school, now)}
                if (passkey := passkeys.get(stated["passkey"])) is None:
                    raise UsageError("APP375")
                wanted = [(each.folder, decision_of(each, stated, passkey, look)) for each in rows]
                return self._desk.prepare(look.account, wanted, passkey, loaded, now, look.at)

        prepared = await shown(request, self._parts, build)
        return RedirectResponse(f"/certify/{prepared.id}", SEE_OTHER)

    def hand_in(self, look: Look, prepared: Prepared, answer: bytes) -> str:
        """The ticket of decisions that were signed."""
        with loaded_school(look) as (loaded, _):
            return self._parts.spool.accept(signed(prepared, answer, loaded, look.at)).id


def routes(parts: Parts) -> list[BaseRoute]:
    """`/certify/…`."""
    return _Certification(parts).routes()


ROOM = Room(routes)  # works are chosen in the queue
