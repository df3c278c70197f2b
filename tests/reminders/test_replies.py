import pytest

from reminders.replies import Meaning, Reply, read_reply


@pytest.mark.parametrize(
    ("body", "button", "opt_out", "expected"),
    [
        ("JA", "", "", Reply(Meaning.YES)),
        ("ja!", "", "", Reply(Meaning.YES)),
        (" Ja. ", "", "", Reply(Meaning.YES)),
        ("ja hoor", "", "", Reply(Meaning.OTHER)),
        ("ja maar kan het later?", "", "", Reply(Meaning.OTHER)),
        ("Nee", "", "", Reply(Meaning.NO)),
        ("STOP", "", "", Reply(Meaning.STOP)),
        ("stop.", "", "", Reply(Meaning.STOP)),
        ("Afmelden", "", "", Reply(Meaning.STOP)),
        ("CANCEL", "", "", Reply(Meaning.STOP)),
        ("iets", "", "STOP", Reply(Meaning.STOP)),
        ("START", "", "", Reply(Meaning.START)),
        ("JA", "confirm:abc", "", Reply(Meaning.YES, "abc")),
        ("Verzetten", "change:abc", "", Reply(Meaning.CHANGE, "abc")),
        ("STOP", "confirm:abc", "", Reply(Meaning.STOP)),
        ("JA", "vreemd", "", Reply(Meaning.YES)),
        ("", "", "", Reply(Meaning.OTHER)),
        ("👍", "", "", Reply(Meaning.OTHER)),
    ],
)
def test_read_reply(body, button, opt_out, expected):
    assert read_reply(body, button=button, opt_out=opt_out) == expected
