"""The page a reader sees: one file that needs nothing else.

A notebook's outputs become the page's blocks in their order. An output of mime ``application/vnd.cjlab.part+json`` is a
part, ``{"kind": …, "title": …, "html": …}``:

=================  ================================================================================================
kind               where it goes
=================  ================================================================================================
``header``         ``title`` is the heading of the page; ``html`` holds its facts, one ``<span>`` each, which stand
                   above it before the two dates (data up to, page made)
``decision``       as it is: ``<section class="decision good">`` (``stop``, ``wait``, ``neutral``) with an ``<h2>`` and
                   paragraphs
``key-numbers``    as it is: ``<dl class="key-numbers">``, a ``<div>`` a number with ``<dt>`` its name,
                   ``<dd class="value">`` the number and a further ``<dd>`` its reading
``plan``           as it is: ``<section class="plan">`` with an ``<h2>`` and a ``<dl>`` of ``<div><dt><dd></div>``
``section``        ``title`` opens a section that holds ``html`` and every block up to the next title
``text``           ``html`` continues the section it stands in
``definitions``,   folded under "More" at the end of the page, ``title`` being what is clicked
``method``,
``folded``
=================  ================================================================================================

The titles of the boxes (``decision``, ``key-numbers``, ``plan``) are not shown; a page that stops half-way names by
them what holds. Classes that parts may use besides:

- ``chip good`` / ``chip warn`` / ``chip bad`` / ``chip``: a short answer in a ``<span>``: yes, two weeks only;
- ``numbers`` on a ``<table>``, ``num`` on a cell that holds a number; the page puts each table into a region that
  scrolls by itself (write no wrapper);
- ``stack`` on a table of words, whose lines become paragraphs on a phone (``numbers stack``);
- ``lead`` for a paragraph that leads, ``note`` for one that comments, ``definitions`` on a ``<dl>``, ``unseen`` for
  words meant for screen readers alone.

Elements, attributes and classes outside this vocabulary (scripts, inline styles, images by address, identifiers) do not
pass: they show as the text they were written as. ``details`` may be used inside parts with ``<div class="inside">``.

A figure (``application/vnd.plotly.v1+json``) carries in ``layout.meta.cjlab`` its ``title`` (opens a section, or
empty), its ``finding`` (caption and label), its ``table`` (``columns``, ``rows``, ``summary``) and ``narrow`` (a
partial layout merged in below 560 px). A trace's ``uid`` and a shape's or annotation's ``name`` that starts with
``accent``, ``muted``, ``good`` or ``bad`` takes that colour of the page, light, dark or printed.
"""

from __future__ import annotations

import datetime as dt
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from cjlab._display import LANGUAGES, Numbers, Wording
from cjlab.reports import _outputs, _result, _tables
from cjlab.reports._blocks import FOLDED, Block, Figure, Section, sections
from cjlab.reports._drawing import plotly
from cjlab.reports._failure import Failure
from cjlab.reports._provenance import provenance
from cjlab.reports._typesetting import whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jinja2 import Environment
    from nbformat import NotebookNode


@dataclass(frozen=True, slots=True)
class Page:
    """A laid-out page, ready to be written."""

    language: str
    title: str
    facts: Markup
    dates: tuple[str, ...]
    warning: Markup
    sections: tuple[Section, ...]
    folded: tuple[Block, ...]

    @classmethod
    def of(cls, notebook: NotebookNode, manifest: Mapping[str, Any]) -> Page:
        """Lay out an executed notebook, with what its manifest knows about it."""
        failure = Failure.read(manifest)
        notebook = failure.before(notebook)
        found = _result.gather(notebook)
        say = Wording.of("cjlab.reports", _language(found, manifest))
        blocks = list(_outputs.blocks(notebook, say=say))
        header = next((block for block in blocks if block.kind == "header"), None)
        titles = (header.title if header else "", found.get("title"), _outputs.question(notebook), manifest.get("name"))
        title = str(next(filter(None, titles), ""))
        body = [_under(block, title) for block in blocks if block is not header and block.kind not in FOLDED]
        return cls(
            language=say.language,
            title=title,
            facts=header.html if isinstance(header, Block) else Markup("<span>{}</span>").format(say("kind")),
            dates=_dates(found, manifest, say=say),
            warning=failure.page(body, say=say),
            sections=sections(body),
            folded=(*_folded(blocks), _last(manifest, say=say)),
        )

    def write(self) -> str:
        """Write the page as HTML."""
        say = Wording.of("cjlab.reports", self.language)
        drawn = [block for section in self.sections for block in section.blocks if isinstance(block, Figure)]
        figures = [(f"figure-{n}", figure) for n, figure in enumerate(drawn, 1)]
        drawing = plotly() if any(figure.data for figure in drawn) else None
        early, late = [own("fold.js")], [own("figures.js")] if drawing else []
        template = environment().get_template("page.html.j2")
        return template.render(
            page=self,
            say=say,
            regions=_tables.Regions(say),
            style=own("page.css"),
            policy=policy([*early, *late, *([drawing.script] if drawing else [])]),
            early=early,
            late=late,
            drawing=drawing,
            figures=figures,
            number={figure: name for name, figure in figures},
        )


def policy(scripts: Sequence[str]) -> str:
    """Write a Content-Security-Policy under which these scripts run and nothing is loaded."""
    digests = (b64encode(sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def own(name: str) -> Markup:
    text = (files("cjlab.reports") / "templates" / name).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704 - the package's own file


@cache
def environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("cjlab.reports", "templates")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["whole"] = whole
    return made


def _language(found: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    asked = (found.get("language"), manifest.get("parameters", {}).get("language"))
    return next((language for language in asked if language in LANGUAGES), LANGUAGES[0])


def _under(block: Block | Figure, title: str) -> Block | Figure:
    """Give a heading of the first rank its place: the page has one title, others open sections."""
    if isinstance(block, Figure) or block.kind != "heading":
        return block
    return Block(block.html) if block.title == title else Block(block.html, kind="section", title=block.title)


def _dates(found: Mapping[str, Any], manifest: Mapping[str, Any], *, say: Wording) -> tuple[str, ...]:
    given = {"data_until": found.get("data_until"), "page_made": manifest.get("made")}
    write = Numbers(say.language).date
    return tuple(
        say(key, date=write(dt.datetime.fromisoformat(str(value)).date())) for key, value in given.items() if value
    )


def _folded(blocks: Iterable[Block | Figure]) -> list[Block]:
    return [block for block in blocks if isinstance(block, Block) and block.kind in FOLDED]


def _last(manifest: Mapping[str, Any], *, say: Wording) -> Block:
    return Block(provenance(manifest, say=say), kind="folded", title=say("provenance"))
