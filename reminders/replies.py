"""What a reply means. Pure: words in, one meaning out, and never a guess."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Meaning(StrEnum):
    """What a client can mean by a reply."""

    STOP = "stop"
    START = "start"
    YES = "yes"
    NO = "no"
    CHANGE = "change"
    OTHER = "other"


# CANCEL, END and QUIT stop all texts at the telephone company too, so they mean stop here.
_WORDS = {
    Meaning.STOP: "stop stopall stoppen unsubscribe end quit cancel revoke optout afmelden",
    Meaning.START: "start unstop aanmelden",
    Meaning.YES: "ja j yes y jazeker",
    Meaning.NO: "nee n no nope",
}
_MEANINGS = {word: meaning for meaning, words in _WORDS.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Reply:
    """A meaning, and the question it answers when a button said so."""

    meaning: Meaning
    mark: str = ""


def read_reply(body: str, *, button: str = "", opt_out: str = "") -> Reply:
    """Return what a reply means: opt-out words first, then the button, then the whole message.

    :param button: the payload of a quick reply, such as `confirm:<mark>`
    :param opt_out: what the telephone company made of it: STOP, START, HELP or nothing
    """
    word = "".join(re.findall(r"\w", body.casefold()))
    if opt_out.upper() == "STOP" or _MEANINGS.get(word) is Meaning.STOP:
        return Reply(Meaning.STOP)
    if opt_out.upper() == "START" or _MEANINGS.get(word) is Meaning.START:
        return Reply(Meaning.START)
    verb, _, mark = button.partition(":")
    if verb == "confirm" and mark:
        return Reply(Meaning.YES, mark)
    if verb == "change" and mark:
        return Reply(Meaning.CHANGE, mark)
    return Reply(_MEANINGS.get(word, Meaning.OTHER))
