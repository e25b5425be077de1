"""What draws a page's charts: plotly.js, packed into the page and unpacked by the reader's browser."""

from __future__ import annotations

import zlib
from base64 import b64encode
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple


class Drawing(NamedTuple):
    """plotly.js: ``script`` as it runs, which a page's policy allows by its digest, and ``packed`` as it is carried."""

    script: str
    packed: str


@cache
def plotly() -> Drawing:
    """Read plotly.js from where the Python package keeps it, without importing that package.

    It is 4.8 MB of text, and 2.0 MB as base64 of what zlib makes of it: nearly all that a page weighs.
    """
    spec = find_spec("plotly")
    places = (spec.submodule_search_locations if spec else None) or []
    file = next(Path(place) / "package_data" / "plotly.min.js" for place in places)
    script = file.read_text(encoding="utf-8").replace("\r", "")
    return Drawing(script, b64encode(zlib.compress(script.encode(), 9)).decode())
