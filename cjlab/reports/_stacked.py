"""Tables that become blocks on a phone: each line's name above its values, each value beside its column's name."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from cjlab.reports import _sanitiser

_ATTRIBUTES = r"(?:\"[^\"]*\"|[^\">])*"
_HEAD = re.compile(r"<thead\b.*?</thead>", re.DOTALL)
_ROW = re.compile(rf"<tr({_ATTRIBUTES})>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(rf"<(t[hd])\b({_ATTRIBUTES})>(.*?)</\1>", re.DOTALL)
_GROUP = re.compile(r"<(thead|tbody|tfoot)\b")
_TABLE = re.compile(rf"<table\b({_ATTRIBUTES})>")
_CLASS = re.compile(r"class=\"([^\"]*)\"")
_SPANNING = re.compile(r"\b(?:col|row)span=")
_WORDS = re.compile(r"class=\"[^\"]*\bstack\b")  # a table of words needs no names beside them


def stacked(table: str) -> str:
    """Write into a table what its layout on a phone needs; one without a head, or with joined cells, stays as it is.

    Its roles are said outright, because a browser that lays a table out as blocks no longer hears it as a table.
    """
    heads = _HEAD.findall(table)
    if len(heads) != 1 or _SPANNING.search(table) or table.count("<table") > 1:
        return table
    lines = _ROW.findall(heads[0])
    words = _WORDS.search(table) is not None
    names = [] if words else [_sanitiser.plain(cell[2]) for cell in _CELL.findall(lines[0][1])] if lines else []
    rest = table.replace(heads[0], "\0")
    marked = _marked(rest, names).replace("\0", _marked(heads[0], [], head=True))
    marked = _GROUP.sub(r'<\1 role="rowgroup"', marked)
    return _TABLE.sub(lambda found: f'<table role="table"{_classed(found[1], words=words)}>', marked, count=1)


def _classed(attributes: str, *, words: bool) -> str:
    """Add the class of a table with names beside its values."""
    if words:
        return attributes
    if _CLASS.search(attributes):
        return _CLASS.sub(r'class="\1 stacked"', attributes)
    return f'{attributes} class="stacked"'


def _marked(rows: str, names: list[str], *, head: bool = False) -> str:
    def row(found: re.Match[str]) -> str:
        cells = _CELL.findall(found[2])
        labels = [*names, *[""] * len(cells)]
        said = (_cell(*cell, label=label, head=head) for cell, label in zip(cells, labels, strict=False))
        return f'<tr role="row"{found[1]}>{"".join(said)}</tr>'

    return _ROW.sub(row, rows)


def _cell(kind: str, attributes: str, inner: str, *, label: str, head: bool) -> str:
    if head:
        role = "columnheader" if kind == "th" else "cell"  # an empty corner heads nothing
        return f'<{kind} role="{role}"{attributes}>{inner}</{kind}>'
    if kind == "th":
        return f'<th role="rowheader"{attributes}>{inner}</th>'
    named = Markup(' data-label="{}"').format(escape(label)) if label and inner.strip() else ""
    whole = f"<div>{inner}</div>" if named and "<" in inner else inner
    return f'<td role="cell"{attributes}{named}>{whole}</td>'
