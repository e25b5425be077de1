"""What stays on a line: a number with its unit, an interval, an effect with its interval, ``e-mail``."""

from __future__ import annotations

import re
from typing import TypeVar

S = TypeVar("S", bound=str)

_HARD, _JOINER = "\u00a0", "\u2060"
_NUMBER = "[+−]?[$€£]?\\d[\\d.,\u00a0\u202f]*(?:[\u00a0\u202f ]?[%€$£])?"
_UNIT = "(?:[\u00a0 ](?:pts?|points?))?"
_INTERVAL = f"[−+]?{_NUMBER}{_UNIT}[ \u00a0](?:to|à)[ \u00a0]{_NUMBER}{_UNIT}"
_WHOLE = re.compile(f"{_NUMBER}{_UNIT} \\({_INTERVAL}\\)|{_INTERVAL}|\\d (?:%|pts?\\b|points?\\b)")
_ASKED = r"(?<=\w)-(?=(?:t-)?(?:ils?|elles?|on|nous|vous|ce)\b)|(?<=-t)-(?=\w)"  # "revient-il", "y a-t-il"
_SHORT = re.compile(rf"(?<=\b\w)-(?=\w)|{_ASKED}")  # a word joiner after it leaves the word as it is for a search
_LONGEST = 32  # characters of what is tied together; a longer piece gives way before its bracket
_PIECES = re.compile(r"<(pre|code)\b.*?</\1>|<(?:\"[^\"]*\"|[^\">])*>|[^<]+", re.DOTALL)


def whole(text: S) -> S:
    """Tie together what belongs on one line; markup is left alone, and so is code."""
    if not hasattr(text, "__html__"):
        return type(text)(_tied(text))
    return type(text)(_PIECES.sub(lambda piece: piece[0] if piece[0].startswith("<") else _tied(piece[0]), str(text)))


def _tied(text: str) -> str:
    return _SHORT.sub(f"-{_JOINER}", _WHOLE.sub(_hard, text))


def _hard(found: re.Match[str]) -> str:
    tied = found[0].replace(" ", _HARD)
    return tied if len(tied) <= _LONGEST else tied.replace(f"{_HARD}(", " (")
