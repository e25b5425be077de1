"""A result that shows itself: one frame, two faces."""

from __future__ import annotations

from abc import ABC, abstractmethod
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

# JupyterLab aligns every cell to the right, floats the terms of a list, and takes what stands between two dollar
# signs for a formula: prices would be lost. The class mathjax_ignore is the one that keeps it from doing so.
_SHEET = (
    "<style>.cjlab :is(td,th):not(.num){text-align:left}.cjlab :is(td,th).num{text-align:right}"
    ".cjlab dl>div{display:flow-root}.cjlab>span+span::before{content:' · '}</style>"
)
_ROWS = 200  # more would make a notebook heavy, and nobody reads them
_LARGE, _HUGE = 999_999.5, 1e15  # six digits would write such a number as a power of ten, as people write larger ones


def in_a_notebook(markup: str) -> str:
    """Wrap markup for the output of a notebook's cell, where its prices stay prices and its words stand left."""
    return f'<div class="cjlab mathjax_ignore tex2jax_ignore">{_SHEET}{markup}</div>'


def tabled(frame: pd.DataFrame) -> str:
    """Write a frame as an HTML table: words left, numbers right, all of it escaped, nothing for what is not known."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    classes = [
        ' class="num"' if is_numeric_dtype(frame[name]) and not is_bool_dtype(frame[name]) else "" for name in frame
    ]
    head = _row("th", classes, [str(name) for name in frame])
    pairs = zip(frame.itertuples(index=False), frame.notna().itertuples(index=False), strict=True)
    rows = "".join(_row("td", classes, list(map(_cell, values, known))) for values, known in pairs)
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _row(tag: str, classes: list[str], texts: list[str]) -> str:
    cells = (f"<{tag}{name}>{escape(text)}</{tag}>" for name, text in zip(classes, texts, strict=True))
    return f"<tr>{''.join(cells)}</tr>"


def _cell(value: object, known: object) -> str:
    if not known:
        return ""
    if not isinstance(value, float):
        return str(value)
    return f"{value:.0f}" if _LARGE <= abs(value) < _HUGE else f"{value:.6g}"


class Shown(ABC):
    """A result whose table is also what a notebook shows: its first rows, and how many more there are."""

    @abstractmethod
    def to_frame(self) -> pd.DataFrame:
        """Return the result as one tidy pandas frame."""

    def __repr__(self) -> str:
        """Write the same as text, for a terminal; a dataclass with ``repr=False`` leaves it to this."""
        head, more = _begun(self.to_frame())
        return "\n".join(filter(None, [type(self).__name__, head.to_string(index=False), more]))

    def _repr_html_(self) -> str:
        head, more = _begun(self.to_frame())
        return in_a_notebook(tabled(head) + (f"<p>{more}</p>" if more else ""))


def _begun(frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return the first rows, what names them among their columns, and a word about those that are left out."""
    head = frame.head(_ROWS)
    named = head.reset_index() if any(name is not None for name in head.index.names) else head
    left = len(frame) - len(head)
    return named, f"… and {left:,} more; to_frame() has them all" if left else ""
