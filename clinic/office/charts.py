"""Charts as SVG text: no script, no inline style, sharp in print, read aloud as one sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil, log10

from clinic.office.words import number, percent

WIDTH, HEIGHT = 720, 280
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 28, 34
FLOOR = HEIGHT - BOTTOM
CAP = 5  # half the width of a whisker's end


@dataclass(frozen=True, slots=True)
class Point:
    """One month: its share and the interval around it, or nothing when there is too little."""

    label: str
    told: str
    share: float | None = None
    low: float = 0.0
    high: float = 0.0
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class RunChart:
    """Shares in the order of time, with whiskers, their median and the days something changed."""

    summary: str
    points: Sequence[Point]
    middle: float | None = None
    too_few: str = ""
    marks: Sequence[tuple[int, str]] = ()
    key: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Bars:
    """Numbers side by side."""

    summary: str
    labels: Sequence[str]
    values: Sequence[int]


@dataclass(frozen=True, slots=True)
class Band:
    """Numbers that together make a whole, in one bar: word, number and class of each."""

    summary: str
    parts: Sequence[tuple[str, int, str]]


Chart = RunChart | Bars | Band


def svg(chart: Chart) -> str:
    """Draw a chart."""
    if isinstance(chart, RunChart):
        return _svg(chart.summary, HEIGHT, _run(chart))
    if isinstance(chart, Bars):
        return _svg(chart.summary, HEIGHT, _bars(chart))
    return _svg(chart.summary, 72, _band(chart))


def _svg(summary: str, height: int, shapes: Iterator[str]) -> str:
    label = escape(summary)
    opening = f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{label}">'
    return f"{opening}{''.join(shapes)}</svg>"


def round_top(highest: float, *, least: float) -> float:
    """Return the end of an axis: a round number that quarters well, and is high enough."""
    highest = max(highest, least)
    power = 10.0 ** (ceil(log10(highest)) - 1)
    return next(
        n * power for n in (1, 1.2, 1.6, 2, 2.4, 4, 6, 8, 10) if n * power >= highest * 0.999999
    )


def _y(value: float, top: float) -> float:
    return FLOOR - value / top * (FLOOR - TOP)


def _text(x: float, y: float, text: str, *, css: str = "ax", anchor: str = "middle") -> str:
    return (
        f'<text class="{css}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
    )


def _line(css: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{css}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _grid(ticks: Sequence[tuple[float, str]], top: float) -> Iterator[str]:
    for value, text in ticks:
        y = _y(value, top)
        yield _line("grid", LEFT, y, WIDTH - RIGHT, y)
        yield _text(LEFT - 8, y + 4, text, anchor="end")


def _run(chart: RunChart) -> Iterator[str]:
    top = round_top(max((point.high for point in chart.points), default=0), least=0.1)
    step = (WIDTH - LEFT - RIGHT) / max(1, len(chart.points))
    xs = [LEFT + step * (i + 0.5) for i in range(len(chart.points))]
    yield from _chosen(chart.points, step)
    yield from _grid([(top * k / 4, percent(top * k / 4)) for k in range(5)], top)
    if chart.middle is not None:
        y = _y(chart.middle, top)
        yield _line("middle", LEFT, y, WIDTH - RIGHT, y)
    for index, text in chart.marks:
        x = LEFT + step * index
        yield _line("mark", x, TOP - 8, x, FLOOR)
        at_end = x > WIDTH * 0.7
        anchor = "end" if at_end else "start"
        yield _text(x + (-6 if at_end else 6), TOP - 4, text, css="marktext", anchor=anchor)
    yield from _course(chart.points, xs, top)
    for point, x in zip(chart.points, xs, strict=True):
        yield from _whiskers(point, x, top, too_few=chart.too_few)
        yield _text(x, HEIGHT - 12, point.label)


def _chosen(points: Sequence[Point], step: float) -> Iterator[str]:
    """Shade the months the rest of the page is about."""
    chosen = [i for i, point in enumerate(points) if point.is_chosen]
    if chosen and len(chosen) < len(points):
        x, width = LEFT + step * chosen[0], step * len(chosen)
        size = f'width="{width:.1f}" height="{FLOOR - TOP}"'
        yield f'<rect class="span" x="{x:.1f}" y="{TOP}" {size}/>'


def _course(points: Sequence[Point], xs: Sequence[float], top: float) -> Iterator[str]:
    """Join neighbouring points; a month without a point breaks the line."""
    known = [(x, p.share) for p, x in zip(points, xs, strict=True)]
    for (x1, one), (x2, two) in pairwise(known):
        if one is not None and two is not None:
            yield _line("course", x1, _y(one, top), x2, _y(two, top))


def _whiskers(point: Point, x: float, top: float, *, too_few: str) -> Iterator[str]:
    told = f"<title>{escape(point.told)}</title>"
    if point.share is None:
        mark = _text(x, FLOOR - 8, too_few, css="few")
        yield f"<g>{told}{mark}</g>"
        return
    low, high = _y(point.low, top), _y(point.high, top)
    lines = [
        _line("whisker", x, low, x, high),
        _line("whisker", x - CAP, low, x + CAP, low),
        _line("whisker", x - CAP, high, x + CAP, high),
    ]
    dot = f'<circle class="dot" cx="{x:.1f}" cy="{_y(point.share, top):.1f}" r="5"/>'
    yield f"<g>{told}{''.join(lines)}{dot}</g>"


def _bars(chart: Bars) -> Iterator[str]:
    top = max(1, *chart.values)
    step = (WIDTH - LEFT - RIGHT) / max(1, len(chart.values))
    width = min(48.0, step * 0.62)
    yield _line("grid", LEFT, FLOOR, WIDTH - RIGHT, FLOOR)
    for i, (label, value) in enumerate(zip(chart.labels, chart.values, strict=True)):
        middle = LEFT + step * (i + 0.5)
        y = _y(value, top)
        place = f'x="{middle - width / 2:.1f}" y="{y:.1f}" width="{width:.1f}"'
        told = f"<title>{escape(label)}: {number(value)}</title>"
        yield f'<rect class="c-plum" {place} height="{FLOOR - y:.1f}" rx="3">{told}</rect>'
        yield _text(middle, y - 6, number(value), css="value")
        yield _text(middle, HEIGHT - 12, label)


def _band(chart: Band) -> Iterator[str]:
    whole = sum(value for _, value, _ in chart.parts) or 1
    x = 0.0
    for word, value, css in chart.parts:
        width = value / whole * WIDTH
        told = f"<title>{escape(word)}: {number(value)}</title>"
        if value:
            size = f'width="{max(width - 2, 1):.1f}" height="44"'
            yield f'<rect class="{css}" x="{x:.1f}" y="14" {size} rx="4">{told}</rect>'
        x += width
