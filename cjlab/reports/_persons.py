"""No customer's row on a page: what a notebook puts out by itself must speak of groups, and say so.

A table from a notebook's own hand enters a page only if

1. no heading of a column or an index is the name of an identifier, however it is written (``customer_id``,
   ``CustomerID``, ``client id``, ``e-mail``), and no cell is an address of e-mail or a digest;
2. each of its lines says of how many customers it speaks, in a column ``n`` or ``customers`` whose values are whole
   numbers, none below 11;
3. it has at most 60 lines.

Of what is printed only sentences enter: nothing in columns, no list, no frame. A chart of a notebook's own shows no
cloud of points and no distribution that plotly draws from raw values, for these hold one value a customer. Parts and
charts made by cjlab carry groups only; their tables are held to the first rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from cjlab.reports import _sanitiser, _tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cjlab._display import Wording

LONGEST = 60  # lines of a table that is not a list of customers
FEWEST = 11  # customers of whom a line may speak
_COUNTS = frozenset({"n", "customers", "clients"})
_PERSONS = frozenset(
    ["client", "contact", "customer", "household", "member", "person", "subscriber", "user", "visitor"]
)
_KEYS = frozenset(["guid", "id", "identifier", "ids", "pseudonym", "uid", "uuid"])
_NAMED = frozenset(
    ["code", "email", "hash", "key", "mail", "name", "no", "nr", "num", "number", "phone", "ref", "reference"]
)
_PHONES = frozenset({"mobile", "mobilephone", "phone", "phonenumber", "telephone"})
_PERSONAL = frozenset({"email", "emailaddress", "firstname", "lastname", "surname", "birthdate", "iban", *_PHONES})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_RUN_ON = re.compile(f"({'|'.join(sorted(_PERSONS))})({'|'.join(sorted(_KEYS | _NAMED))})")
_DIGEST = r"\b[0-9a-f]{16,}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
_VALUE = re.compile(rf"[^\s@<>]+@[^\s@<>]+\.\w{{2,}}|{_DIGEST}", re.IGNORECASE)
_COLUMN = re.compile(r"[a-z]_[a-z]|[a-z][A-Z]")  # how a column is written, and no word of a sentence is
_SHAPES = (re.compile(r"([\d,_]+) rows [×x]"), re.compile(r"shape: \(([\d,_]+),"))
_HEAD = re.compile(r"<thead\b.*?</thead>", re.DOTALL)
_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", re.DOTALL)
_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_IN_COLUMNS = re.compile(r"\S(?:\s{2,}|\t)\S|[│┆┌═]|^\s*\|")
_COLLECTION = re.compile(r"\s*(?:[\[({]|(?:array|tensor|Index|Series|shape|LazyFrame|DataFrame)\b)")
_CLOUD = frozenset({"scatter", "scattergl", "scatter3d", "scatterpolar", "scatterternary", "scattergeo", "splom"})
_RAW = frozenset({"histogram", "box", "violin", "histogram2d", "histogram2dcontour", "parcats", "parcoords", "splom"})


@dataclass(frozen=True, slots=True)
class Cells:
    """The words of a table: those of its head, and those of each line."""

    heads: Sequence[Sequence[str]]
    lines: Sequence[Sequence[str]]

    @classmethod
    def read(cls, table: str) -> Cells:
        """Read a table of HTML; without a head of its own its first line is one."""
        head = "".join(_HEAD.findall(table))
        lines = [[_sanitiser.plain(cell) for cell in _CELL.findall(row)] for row in _ROW.findall(table)]
        count = len(_ROW.findall(head)) or 1
        return cls(lines[:count], lines[count:])

    @property
    def names(self) -> bool:
        """Whether a heading names an identifier, or a cell holds one."""
        cells = (cell for line in self.lines for cell in line)
        return any(identifies(head) for line in self.heads for head in line) or any(map(_VALUE.search, cells))

    @property
    def of_groups(self) -> bool:
        """Whether each line says of how many customers it speaks, and none of fewer than 11."""
        heads = self.heads[0] if self.heads else ()
        place = next((i for i, head in enumerate(heads) if head.lower() in _COUNTS), None)
        if place is None or not self.lines:
            return False
        cells = [re.sub(r"[\s,_]", "", line[place]) if len(line) > place else "" for line in self.lines]
        return all(cell.isdecimal() and int(cell) >= FEWEST for cell in cells)


def identifies(heading: str) -> bool:
    """Whether a heading is the name of what tells one person from another."""
    words = [word.lower() for word in _WORD.findall(heading)]
    joined = "".join(words)
    if _KEYS & set(words) or joined in _PERSONAL or _RUN_ON.search(joined):
        return True
    return any(one in _PERSONS and other in _NAMED for one, other in pairwise(words))


def withheld(html: str, *, say: Wording) -> str:
    """Say why what holds these tables may not leave the notebook; empty when it may."""
    if _many(html):
        return _long(_many(html), say=say)
    reasons = [_of_table(Cells.read(table), say=say) for table in _TABLE.findall(html)]
    return next(filter(None, [*reasons, _of_words(_TABLE.sub("", html), say=say)]), "")


def withheld_text(text: str, *, say: Wording) -> str:
    """Say why a text that was printed may not leave the notebook; empty when it is made of sentences."""
    lines = text.splitlines()
    table = any(map(_IN_COLUMNS.search, lines)) or _COLLECTION.match(text) is not None
    if len(lines) > LONGEST or _many(text):
        return _long(max(len(lines), _many(text)), say=say)
    return say("withheld_printed") if table else _of_words(text, say=say)


def of_ours(tables: Iterable[Cells], *, say: Wording) -> str:
    """Say why tables of cjlab's own making may not stay on a page: they name persons."""
    return say("withheld_customers") if any(table.names for table in tables) else ""


def of_part(html: str, *, say: Wording) -> str:
    """Say why a part may not stay on a page; empty when it may."""
    return of_ours(map(Cells.read, _TABLE.findall(html)), say=say)


def of_chart(traces: Sequence[Mapping[str, Any]], headings: Iterable[str], *, say: Wording) -> str:
    """Say why a chart of a notebook's own may not be drawn on a page; empty when it may."""
    if any(map(identifies, headings)) or any(_values(trace) for trace in traces):
        return say("withheld_customers")
    return say("withheld_chart") if any(map(_scattered, traces)) else ""


def _of_table(table: Cells, *, say: Wording) -> str:
    if table.names:
        return say("withheld_customers")
    if len(table.lines) > LONGEST:
        return _long(len(table.lines), say=say)
    return "" if table.of_groups else say("withheld_uncounted", fewest=FEWEST)


def _long(count: int, *, say: Wording) -> str:
    return say("withheld_rows", count=_tables.write(count, language=say.language))


def _of_words(text: str, *, say: Wording) -> str:
    words = _sanitiser.plain(text)
    columns = (word for word in words.split() if _COLUMN.search(word))
    found = any(map(identifies, columns)) or _VALUE.search(words)
    return say("withheld_customers") if found else ""


def _many(text: str) -> int:
    """Return the number of rows that the print of a frame tells, if above what a page takes."""
    counted = [int(re.sub(r"\D", "", found[1]) or 0) for shape in _SHAPES for found in shape.finditer(text)]
    return max((count for count in counted if count > LONGEST), default=0)


def _scattered(trace: Mapping[str, Any]) -> bool:
    kind = trace.get("type") or "scatter"
    if kind in _RAW:
        return True
    points = max((_length(trace.get(axis)) for axis in ("x", "y", "r", "a", "lon")), default=0)
    return kind in _CLOUD and "lines" not in (trace.get("mode") or "lines") and points > LONGEST


def _length(array: object) -> int:
    from cjlab.reports._figures import values

    return len(values(array))


def _values(trace: Mapping[str, Any]) -> bool:
    from cjlab.reports._figures import values

    texts = (text for key in ("x", "y", "text", "labels") for text in values(trace.get(key)) if isinstance(text, str))
    return any(map(_VALUE.search, texts))
