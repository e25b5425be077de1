"""The pieces a page is laid out from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

FOLDED = frozenset({"definitions", "method", "folded"})  # kinds that wait, closed, at the end of the page


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of markup: its kind says where it goes, its title which section it opens."""

    html: Markup
    kind: str = "text"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart: what it shows in a sentence, its numbers as a table, and the JSON it is drawn from.

    An empty ``data`` means that the chart cannot be drawn, and that its numbers stand open.
    """

    finding: str
    numbers: Markup
    summary: str
    data: Markup
    height: int
    title: str = ""
    kind: str = "figure"


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks under one title; the title of the first section may be empty."""

    title: str
    blocks: tuple[Block | Figure, ...]


def sections(blocks: Sequence[Block | Figure]) -> tuple[Section, ...]:
    """Gather blocks under the titles they open; a box with a heading of its own opens none."""
    gathered: list[tuple[str, list[Block | Figure]]] = []
    for block in blocks:
        opens = block.title if block.kind in {"section", "figure"} else ""
        if opens or not gathered or (block.kind in BOXES and gathered[-1][0]):
            gathered.append((opens, []))
        gathered[-1][1].append(block)
    return tuple(Section(title, tuple(inside)) for title, inside in gathered)


BOXES = frozenset({"decision", "key-numbers", "plan"})  # kinds that stand outside sections, with their own frame
