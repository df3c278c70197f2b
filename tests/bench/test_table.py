"""The table, as it is read."""

from bench.comparison import Beside, Row
from bench.side_by_side import Missing, Result
from bench.table import show

ROW = Row(
    name="this clinic",
    day=Beside(own=2.0, floor=1.0, ratio=1.95),
    month=Beside(own=6.0, floor=5.0, ratio=1.2),
    rate=Beside(own=300.0, floor=1200.0, ratio=0.25),
    booked=600,
    doubles=0,
    errors=0,
)


def test_each_system_has_a_line(capsys):
    missing = Missing("a rival", "no such package")

    growth = (Beside(2.1, 2.0, 1.05), Beside(6.0, 6.0, 1.0))
    show(Result(10_000, [ROW, missing], growth, Beside(own=600.0, floor=1200.0, ratio=0.5)))

    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert "bare view 1.0ms 5.0ms 1200".split() in lines
    assert "this clinic 2.0ms (1.95x) 6.0ms (1.20x) 300 (0.25x) 600 0 0".split() in lines
    assert "a rival not measured: no such package".split() in lines
    assert "one day 2.0ms 2.1ms 1.05x".split() in lines
    assert "them: 600 (0.50x) a second.".split() in lines


def test_nothing_measured_is_told_too(capsys):
    missing = Missing("this clinic", "it does not start")

    show(Result(10_000, [missing], missing, missing))

    out = capsys.readouterr().out
    assert "bare view  " not in out
    assert out.count("not measured: it does not start") == 3
