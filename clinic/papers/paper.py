"""The clinic's writing paper: one look for all that is printed or kept as a PDF.

Imported by whoever writes on it, at that moment: the library that makes PDFs takes a sixth of the
start of a process, and most processes never make one.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from fpdf import FPDF
from fpdf.enums import Align, WrapMode, XPos, YPos

from clinic.papers.row import Row

TEXT, DISPLAY = "figtree", "gilda"
FONTS = {
    (TEXT, ""): "figtree-latin-400-normal.woff2",
    (TEXT, "B"): "figtree-latin-600-normal.woff2",
    (DISPLAY, ""): "gilda-display-latin-400-normal.woff2",
    ("figtree-ext", ""): "figtree-latin-ext-400-normal.woff2",
    ("figtree-ext", "B"): "figtree-latin-ext-600-normal.woff2",
    ("dejavu", ""): "DejaVuSans.ttf",
    ("dejavu", "B"): "DejaVuSans-Bold.ttf",
}
FALLBACKS = ["figtree-ext", "dejavu"]
PLUM, INK, SOFT, LINE = (74, 35, 64), (43, 31, 40), (95, 79, 89), (229, 218, 213)
MARGIN, FOOT = 22, 24  # millimetres


class Paper(FPDF):
    """A4 sheets with the clinic's name above and its details below."""

    def __init__(self, *, title: str, clinic: str, address: str, foot: str, language: str) -> None:
        """Begin a paper.

        :param foot: what stands at the bottom of each sheet; `{page}` and `{pages}` are filled in
        """
        super().__init__(format="A4")
        self.clinic, self.address, self.foot = clinic, address, foot
        for (family, style), name in FONTS.items():
            self.add_font(family, style, _font(name))
        self.set_fallback_fonts(FALLBACKS, exact_match=False)
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(auto=True, margin=FOOT)
        self.set_title(title)
        self.set_author(clinic)
        self.set_lang(language)
        self.alias_nb_pages("{pages}")
        self.add_page()

    def header(self) -> None:
        """Write the clinic's name and address above each sheet."""
        self._pen(DISPLAY, 17, PLUM)
        self._line(self.clinic, 8)
        self._pen(TEXT, 9, SOFT)
        self._line(self.address, 5)
        self.ln(9)

    def footer(self) -> None:
        """Write the clinic's numbers and the page below each sheet."""
        self.set_y(-FOOT + 6)
        self._pen(TEXT, 8, SOFT)
        self._line(self.foot.replace("{page}", str(self.page_no())), 4)

    def headline(self, text: str) -> None:
        """Write what this paper is."""
        self._pen(DISPLAY, 22, INK)
        self._line(text, 10)
        self.ln(3)

    def heading(self, text: str) -> None:
        """Begin a part; never alone at the bottom of a sheet."""
        if self.will_page_break(24):
            self.add_page()
        self.ln(5)
        self._pen(TEXT, 11.5, PLUM, "B")
        self._line(text, 6)
        self.ln(1.5)

    def paragraph(self, text: str) -> None:
        """Write running text."""
        self._pen(TEXT, 10.5, INK)
        self._text(text, 5.4)
        self.ln(2)

    def fine(self, text: str) -> None:
        """Write what is to be found when it is looked for."""
        self._pen(TEXT, 8.5, SOFT)
        self._text(text, 4.4)
        self.ln(2)

    def quote(self, text: str) -> None:
        """Write the words of an agreement, with a line beside them."""
        top, page = self.get_y(), self.page_no()
        self.set_left_margin(MARGIN + 5)
        self._pen(TEXT, 10.5, INK)
        self._text(text, 5.4)
        self.set_left_margin(MARGIN)
        if self.page_no() == page:
            self.set_draw_color(*PLUM)
            self.set_line_width(0.6)
            self.line(MARGIN + 1, top, MARGIN + 1, self.get_y())
        self.ln(2.5)

    def code(self, text: str) -> None:
        """Write what is to be typed over, large."""
        self._pen(TEXT, 20, PLUM, "B")
        self._line(text, 12)
        self.ln(3)

    def rows(self, rows: Iterable[Row]) -> None:
        """Write lines with an amount, or an answer, at their right."""
        for row in rows:
            self._row(row)
        self.ln(2)

    def _row(self, row: Row) -> None:
        if self.will_page_break(14):
            self.add_page()
        style, right = "B" if row.is_total else "", self.epw * 0.4
        self._pen(TEXT, 10.5, INK, style)
        top, page = self.get_y() + 1.4, self.page_no()
        self.set_xy(MARGIN, top)
        self._text(row.left, 5.4, width=self.epw - right)
        bottom = self.get_y()
        self.set_xy(MARGIN + self.epw - right, top)
        self._text(row.right, 5.4, width=right, align=Align.R)
        self.set_xy(MARGIN, max(bottom, self.get_y()) if self.page_no() == page else bottom)
        if row.note:
            self._pen(TEXT, 8.5, SOFT)
            self._text(row.note, 4.4)
        self._rule()

    def _rule(self) -> None:
        self.set_draw_color(*LINE)
        self.set_line_width(0.25)
        y = self.get_y() + 1.4
        self.line(MARGIN, y, MARGIN + self.epw, y)
        self.set_y(y)

    def _pen(self, family: str, size: float, colour: tuple[int, int, int], style: str = "") -> None:
        self.set_font(family, style, size)
        self.set_text_color(*colour)

    def _line(self, text: str, height: float) -> None:
        self.cell(text=text, h=height, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _text(self, text: str, height: float, *, width: float = 0, align: Align = Align.L) -> None:
        self.multi_cell(
            width,
            height,
            text,
            align=align,
            wrapmode=WrapMode.WORD,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    def as_bytes(self) -> bytes:
        """Return the whole paper as a PDF."""
        return bytes(self.output())


@cache
def _font(name: str) -> Path:
    found = finders.find(f"paper/{name}")
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found)
