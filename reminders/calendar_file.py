"""The appointment as a calendar file (RFC 5545). Pure; names no treatment."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event, vText


@dataclass(frozen=True, slots=True)
class Entry:
    """What the calendar shows."""

    uid: str
    sequence: int  # goes up with each move, so that a calendar replaces the older one
    starts_at: datetime
    ends_at: datetime
    made_at: datetime
    summary: str
    description: str
    location: str
    url: str
    is_cancelled: bool = False


def calendar_file(entry: Entry) -> bytes:
    """Return a file that any calendar program can read, with an alarm two hours before."""
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.made_at)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    event.add("location", vText(entry.location))
    event.add("url", entry.url)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    if not entry.is_cancelled:
        event.add_component(_alarm(entry.summary))
    calendar = Calendar()
    calendar.add("prodid", "-//Kliniek//Afspraken//NL")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _alarm(summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", timedelta(hours=-2))
    return alarm
