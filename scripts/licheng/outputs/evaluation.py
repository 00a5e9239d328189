"""The private list of an evaluation: by person, what was on time, and whom the secretary might thank (柒)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from licheng.outputs.words import Words
from licheng.policy.evaluation import Share

People = Mapping[str, Mapping[str, Share]]


def render(people: People, year: int, words: Words) -> str:
    """One line a person and duty; those with all of theirs on time are suggested, whatever the number."""
    return "".join(f"{line}\n" for line in _lines(people, year, words))


def _lines(people: People, year: int, words: Words) -> Iterator[str]:
    yield str(words.say("recognition", "title", year=year))
    for person, duties in people.items():
        for duty, share in duties.items():
            yield str(words.say("recognition", "line", person=person, duty=words.label("duty_names", duty),
                                on_time=share.on_time, due=share.due))  # fmt: skip
    suggested = [person for person, duties in people.items() if all(share.whole for share in duties.values())]
    named = str(words.data["text"]["comma"]).join(suggested) or str(words.data["text"]["none"])
    yield str(words.say("recognition", "suggested", people=named))
    yield str(words.say("recognition", "private"))
