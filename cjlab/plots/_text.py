"""Words inside a figure: never markup, never a formula, broken where they are long."""

from __future__ import annotations

import re
import textwrap

_SIGNS = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"}  # plotly reads a few tags, and TeX between dollars
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


def plain(text: str) -> str:
    """Return words as plotly shows them sign by sign, on one line."""
    return "".join(_SIGNS.get(sign, sign) for sign in _CONTROL.sub(" ", text))


def broken(text: str, *, width: int, lines: int = 4) -> str:
    """Return words over at most ``lines`` lines of even length; what does not fit ends in three points."""
    words = _CONTROL.sub(" ", text)
    parts = _wrapped(words, width, lines)
    if 1 < len(parts) < lines:
        tries = (_wrapped(words, narrower, lines) for narrower in range(width // 2, width + 1))
        parts = next(even for even in tries if len(even) <= len(parts))
    return "<br>".join(plain(part) for part in parts)


def _wrapped(text: str, width: int, lines: int) -> list[str]:
    return textwrap.wrap(text, width, max_lines=lines, placeholder="…")
