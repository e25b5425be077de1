"""Cells of an executed notebook, turned into blocks of a page. Code, errors and warnings never become one."""

from __future__ import annotations

import ast
import base64
import re
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from cjlab.reports import _figures, _persons, _sanitiser
from cjlab.reports._blocks import Block, Figure
from cjlab.reports._mime import PART, PLOTLY, RESULT, WIDGET

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nbformat import NotebookNode

    from cjlab._display import Wording

NOTEBOOK_ONLY = "notebook"  # the tag of a cell that stays in the notebook
_HEADING = re.compile(r"(?=<h[12]>)")
_TITLED = re.compile(r"<h([12])>(.*?)</h\1>", re.DOTALL)


def blocks(notebook: NotebookNode, *, say: Wording) -> Iterator[Block | Figure]:
    """Go through the cells in order and give what a reader sees of each."""
    for cell in notebook.cells:
        if NOTEBOOK_ONLY in cell.metadata.get("tags", []):
            continue
        if cell.cell_type == "markdown":
            yield from _markdown(cell.source)
        for output in cell.get("outputs", []):
            yield from _output(output, say=say)


def question(notebook: NotebookNode) -> str:
    """Return the first heading of a notebook, wherever it stands; empty where there is none."""
    texts = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    headings = (block.title for text in texts for block in _markdown(text) if block.kind == "heading")
    return next(headings, "")


def _markdown(source: str) -> Iterator[Block]:
    import mistune

    render = mistune.create_markdown(escape=False, plugins=["table", "strikethrough"])
    cleaned = _sanitiser.fragment(str(render(source)))
    for text in filter(str.strip, _HEADING.split(cleaned)):
        titled = _TITLED.match(text)
        if titled is None:
            yield Block(Markup(text))  # noqa: S704 - a piece of what was cleaned
            continue
        title, level = _sanitiser.plain(titled[2]), titled[1]
        rest = Markup(text[titled.end() :].strip())  # noqa: S704 - a piece of what was cleaned
        kind = "heading" if level == "1" else "section"
        yield Block(rest, kind=kind, title=title)


def _output(output: Mapping[str, Any], *, say: Wording) -> Iterator[Block | Figure]:
    data = output.get("data", {})
    if output["output_type"] == "stream":
        yield from _text(output["text"] if output["name"] == "stdout" else "", say=say)
    elif PART in data:
        yield _part(data[PART], say=say)
    elif PLOTLY in data:
        reason = _figures.withheld(data[PLOTLY], say=say)
        yield _note(reason) if reason else _figures.figure(data[PLOTLY], say=say)
    elif RESULT not in data and WIDGET not in data:
        yield from _shown(output, say=say)


def _shown(output: Mapping[str, Any], *, say: Wording) -> Iterator[Block]:
    data = output.get("data", {})
    picture = _picture(output, say=say)
    if "text/html" in data:
        yield _html(data["text/html"], say=say)
    elif "text/markdown" in data:
        yield from _told(data["text/markdown"], say=say)
    elif picture is not None:
        yield picture
    else:
        yield from _text(data.get("text/plain", ""), say=say)


def _told(source: str, *, say: Wording) -> Iterator[Block]:
    """Lay out Markdown that a cell put out, which may hold a table."""
    found = list(_markdown(source))
    reason = next(filter(None, (_persons.withheld(str(block.html), say=say) for block in found)), "")
    yield from [_note(reason)] if reason else found


def _part(part: Mapping[str, Any], *, say: Wording) -> Block:
    html = _sanitiser.fragment(part.get("html") or "")
    reason = _persons.of_part(str(html), say=say)
    if reason:
        return _note(reason)
    return Block(html, kind=part.get("kind") or "section", title=part.get("title") or "")


def _html(text: str, *, say: Wording) -> Block:
    cleaned = _sanitiser.foreign(text)
    reason = _persons.withheld(str(cleaned), say=say)
    return _note(reason) if reason else Block(cleaned)


def _text(text: str, *, say: Wording) -> Iterator[Block]:
    if text.strip():
        reason = _persons.withheld_text(text, say=say)
        yield _note(reason) if reason else _words(text.strip())


def _words(text: str) -> Block:
    """Set a string that a cell shows as a sentence, anything else as it was printed."""
    try:
        value = ast.literal_eval(text) if text[0] in "'\"" else None
    except (SyntaxError, ValueError):
        value = None
    return Block((Markup("<p>{}</p>") if isinstance(value, str) else Markup("<pre>{}</pre>")).format(value or text))


def _note(text: str) -> Block:
    return Block(Markup('<p class="note">{}</p>').format(text))


def _picture(output: Mapping[str, Any], *, say: Wording) -> Block | None:
    for mime in ("image/png", "image/jpeg", "image/svg+xml"):
        if mime in output.get("data", {}):
            data = output["data"][mime]
            inline = base64.b64encode(data.encode()).decode() if mime.endswith("xml") else "".join(data.split())
            words = output.get("metadata", {}).get(mime, {}).get("alt") or say("picture")
            return Block(Markup('<p><img src="data:{};base64,{}" alt="{}"></p>').format(mime, inline, escape(words)))
    return None
