"""The private list of an evaluation: by person, what was on time, and whom the secretary might thank (柒)."""

from __future__ import annotations

from collections.abc import Mapping

from licheng.outputs.words import Words
from licheng.policy.evaluation import Share

People = Mapping[str, Mapping[str, Share]]


def render(people: People, year: int, words: Words) -> str:
    """One line a person and duty; those with all of theirs on time are suggested, whatever the number."""
    lines = [words.say("recognition", "title", year=year)]
    lines += [
        words.say("recognition", "line", person=person, duty=words.label("duty_names", duty),
                  on_time=share.on_time, due=share.due)
        for person, duties in people.items()
        for duty, share in duties.items()
    ]  # fmt: skip
    suggested = [person for person, duties in people.items() if all(share.whole for share in duties.values())]
    named = str(words.data["text"]["comma"]).join(suggested) or str(words.data["text"]["none"])
    lines += [words.say("recognition", "suggested", people=named), words.say("recognition", "private")]
    return "".join(f"{line}\n" for line in lines)
