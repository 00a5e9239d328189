"""Deadlines as iCalendar feeds (RFC 5545), one a role: the same data give the same bytes.

Every deadline is an event of its last day, all day in Asia/Taipei, with an alarm at eight in the morning of each of
the school's reminder days; a training whose record tells the hour is an event of that hour, at its place. An event
keeps its UID when its date moves; its SEQUENCE counts the amendments. There is no METHOD: a published calendar of
RFC 5546 would need an ORGANIZER in each event, who would be a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Component, Event, Timezone

from licheng.outputs.naming import Names, plain
from licheng.policy.deadlines import Deadline

ZONE = "Asia/Taipei"
_MORNING = timedelta(hours=8)
_DAILY = timedelta(days=1)
_END = "END:VCALENDAR\r\n"
_HOUR = timedelta(hours=1)  # how long a training lasts whose record does not tell its end


@dataclass(frozen=True)
class FeedStamp:
    """What makes feeds of one state of the school the same everywhere.

    Attributes:
        school: the school's code, which ends every UID.
        at: when the data last changed; DTSTAMP.
        days: before a deadline, on which alarms go off.
    """

    school: str
    at: datetime
    days: tuple[int, ...]


def feed(title: str, deadlines: Iterable[Deadline], stamp: FeedStamp, names: Names) -> str:
    """One feed as text, lines ended as RFC 5545 wants them (CRLF).

    Args:
        title: of the feed.
        deadlines: its events, in their order.
        stamp: of the school's state.
        names: of the school.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//licheng//feeds//{names.words.language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    calendar.add("x-wr-timezone", ZONE)
    # The one is RFC 7986, 5.7; the other is what Outlook and Apple's calendar read.
    calendar.add("refresh-interval", _DAILY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "P1D")
    deadlines = tuple(deadlines)
    # What stands between the lines of a calendar is as it would be by itself.
    zones = [_zone()] if any(deadline.at is not None for deadline in deadlines) else []
    events = (_event(deadline, stamp, names.title(deadline), _about(deadline, names)) for deadline in deadlines)
    return "".join((_text(calendar).removesuffix(_END), *zones, *events, _END))


def _text(component: Component) -> str:
    return str(component.to_ical(), "utf-8")


@cache  # it takes longer than a feed
def _zone() -> str:
    """What a feed says of the one zone that its hours are of, before them."""
    return _text(Timezone.from_tzid(ZONE))


def _about(deadline: Deadline, names: Names) -> str:
    """Who answers for it, in which term, since when it is open."""
    about = [names.owners((*deadline.owners, *deadline.invited)), plain(names.words.period(str(deadline.term)))]
    if deadline.opens is not None:
        about.append(plain(names.words.say("deadlines", "opens", on=deadline.opens.isoformat())))
    return "\n".join(filter(None, about))


@lru_cache(maxsize=2_000)  # most are in several feeds, and are the same when a site is built again
def _event(deadline: Deadline, stamp: FeedStamp, title: str, about: str) -> str:
    event = Event()
    event.add("uid", f"{deadline.id.replace('/', '.')}@{stamp.school}.licheng")
    event.add("dtstamp", stamp.at.astimezone(UTC))
    if deadline.at is None:
        event.add("dtstart", deadline.closes)
        event.add("dtend", deadline.closes + _DAILY)
        morning = _MORNING
    else:
        starts = datetime.combine(deadline.closes, deadline.at, ZoneInfo(ZONE))
        event.add("dtstart", starts)
        event.add(
            "dtend",
            starts + _HOUR
            if deadline.until is None
            else datetime.combine(deadline.closes, deadline.until, ZoneInfo(ZONE)),
        )
        morning = _MORNING - timedelta(hours=deadline.at.hour, minutes=deadline.at.minute)
    if deadline.where:
        event.add("location", deadline.where)
    event.add("summary", title)
    event.add("description", about)
    event.add("categories", [deadline.kind.value])
    event.add("transp", "TRANSPARENT")
    event.add("sequence", deadline.revision)
    for days in sorted(stamp.days, reverse=True):
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", morning - timedelta(days=days))
        event.add_component(alarm)
    return _text(event)
