"""Tables on a page: numbers in the reader's language, each table in a region of its own that scrolls."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from cjlab._display import Numbers
from cjlab.reports._stacked import stacked
from cjlab.reports._typesetting import whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjlab._display import Wording

# what may stand beside digits in a column of numbers
_WORDS = re.compile(r"\b(to|à|pt|pts|points?|under|at least|moins de|au moins)\b")
_DIGITS = 4
_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, language: str) -> Markup:
    """Lay out a table whose first column names its rows; columns of numbers are set flush right."""
    written = [[write(cell, language=language) for cell in row] for row in rows]
    flush = [all(_is_number(row[i]) for row in written if row[i]) for i in range(len(columns))]
    kinds = [Markup(' class="num"') if right and i else Markup("") for i, right in enumerate(flush)]
    head = Markup("").join(
        Markup('<th scope="col"{}>{}</th>').format(kind, name) for kind, name in zip(kinds, columns, strict=True)
    )
    body = Markup("").join(Markup("<tr>{}</tr>").format(_cells(row, kinds)) for row in written)
    return Markup('<table class="numbers"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>').format(head, body)


def _is_number(text: str) -> bool:
    rest = _WORDS.sub("", text)
    return any(map(str.isdigit, rest)) and not any(map(str.isalpha, rest))


def _cells(row: Sequence[str], kinds: Sequence[Markup]) -> Markup:
    first = Markup('<th scope="row">{}</th>').format(row[0])
    rest = zip(kinds[1:], row[1:], strict=True)
    return first + Markup("").join(Markup("<td{}>{}</td>").format(kind, cell) for kind, cell in rest)


def write(cell: object, *, language: str) -> str:
    """Write a cell as a person reads it: nothing for what is missing, four significant digits for a fraction."""
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return ""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return str(cell)
    if float(cell).is_integer():
        return Numbers(language).count(cell)
    digits = max(1, _DIGITS - 1 - math.floor(math.log10(abs(cell))))
    return Numbers(language).decimal(cell, digits=min(digits, 12))


class Regions:
    """Boxes for the tables of one page: each scrolls by itself, and has a name of its own for those who hear it."""

    def __init__(self, say: Wording) -> None:
        self._say = say
        self._named: Counter[str] = Counter()

    def __call__(self, html: Markup, label: str = "") -> Markup:
        """Put each table in a fragment into a box that bears the label, numbered where there are several."""
        boxed = _TABLE.sub(lambda table: self._box(stacked(table[0]), label), html)
        return whole(Markup(boxed))  # noqa: S704 - cleaned markup, wrapped

    def _box(self, table: str, label: str) -> str:
        self._named[label] += 1
        count = self._named[label]
        numbered = f"{label} {count}" if count > 1 else label
        name = escape(numbered if label else self._say("table", number=count))
        return f'<div class="scroll" role="region" aria-label="{name}" tabindex="0">{table}</div>'
