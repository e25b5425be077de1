"""What HTML may enter a page: an allow-list, applied to everything a notebook hands over.

What is not on the list stays as the text it was written as: ``<script>`` is read, never run.
"""

from __future__ import annotations

import html
import re
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from bleach.sanitizer import Cleaner

_TEXT = "a abbr b blockquote br code del div em h1 h2 h3 h4 hr i img mark p pre q s small span strong sub sup u"
_LIST = "dd dl dt li ol ul"
_TABLE = "caption col colgroup table tbody td tfoot th thead tr"
_PAGE = "details figcaption figure section summary time"
_STYLE = re.compile(r"<style\b.*?</style\s*>", re.IGNORECASE | re.DOTALL)
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+")
_BY_ADDRESS = re.compile(r"<(?=img\b(?![^>]*\bsrc=[\"']?data:image/))", re.IGNORECASE)
_NO_HEADER = re.compile(r"<th\b[^>]*>(\s|&nbsp;|\u00a0)*</th>")


def fragment(text: str) -> Markup:
    """Return a page part with only elements and classes of the page's vocabulary alive."""
    return _cleaned(text, of_the_house=True)


def foreign(text: str) -> Markup:
    """Return HTML of unknown origin with neither classes nor style sheets."""
    return _cleaned(_STYLE.sub("", text), of_the_house=False)


def plain(text: str) -> str:
    """Return the words of a cleaned fragment, without its elements."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def _cleaned(text: str, *, of_the_house: bool) -> Markup:
    """Clean a text; a picture by address is no element, and a header without words is none."""
    clean = _cleaner(of_the_house=of_the_house).clean(_BY_ADDRESS.sub("&lt;", text))
    return Markup(_NO_HEADER.sub("<td></td>", clean))  # noqa: S704 - just cleaned


@cache
def _cleaner(*, of_the_house: bool) -> Cleaner:
    from bleach.sanitizer import Cleaner

    everywhere = {"title", "lang", "role", "aria-label", "aria-hidden", *(["class"] if of_the_house else [])}

    def allowed(tag: str, name: str, value: str) -> bool:
        if name in everywhere or (tag, name) in _ATTRIBUTES:
            return True
        return (tag, name) == ("img", "src") and _PICTURE.fullmatch(value) is not None

    return Cleaner(tags=set(f"{_TEXT} {_LIST} {_TABLE} {_PAGE}".split()), attributes=allowed, strip=False)


_ATTRIBUTES = frozenset(
    {
        ("a", "href"),
        ("img", "alt"),
        ("img", "width"),
        ("img", "height"),
        ("td", "colspan"),
        ("td", "rowspan"),
        ("th", "colspan"),
        ("th", "rowspan"),
        ("th", "scope"),
        ("time", "datetime"),
        ("ol", "start"),
        ("details", "open"),
    }
)
