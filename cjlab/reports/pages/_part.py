"""What a page part is to a notebook, and how it is laid out from its template."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from cjlab._display import in_a_notebook
from cjlab.reports._mime import PART, RESULT

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a page: a notebook shows it as HTML, a report lays it out as its kind says.

    Parameters
    ----------
    kind : str
        Where it goes: ``"header"``, ``"decision"``, ``"key-numbers"``, ``"plan"``, ``"section"``, ``"text"``,
        ``"definitions"`` or ``"method"``.
    title : str
        Its heading.
    html : markupsafe.Markup
        Its markup, in the page's vocabulary of elements and classes.
    """

    kind: str
    title: str
    html: Markup

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:  # noqa: ANN401, ARG002 - IPython's protocol
        heading = "" if self.kind in _OWN_HEADING else Markup("<h3>{}</h3>").format(self.title)
        part = {"kind": self.kind, "title": self.title, "html": str(self.html)}
        return {PART: part, "text/html": in_a_notebook(heading + self.html), "text/plain": f"{self.kind}: {self.title}"}


_SHORT = re.compile(r"(?<=\b\w)-(?=\w)|−(?=\S)|\+(?=[$€£])")
_OWN_HEADING = frozenset({"decision", "plan", "text"})


@dataclass(frozen=True, slots=True)
class Result:
    """What a record keeps of a page for other programs.

    Parameters
    ----------
    bundle : dict
        Title, decision, tone, language, reader, the data's last date, and one entry a number.
    answer : str
        What a notebook shows of it: the decision in full.
    """

    bundle: dict[str, Any]
    answer: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:  # noqa: ANN401, ARG002 - IPython's protocol
        shown = Markup("<p><strong>{}</strong></p>").format(self.answer)
        return {RESULT: self.bundle, "text/html": in_a_notebook(shown), "text/plain": self.answer}


def result(question: str, decision: str, *, answer: str, **told: object) -> Result:
    """Return what a record keeps of a page that answers a question, beside what is ``told``."""
    bundle = {"title": question, "question": question, "decision": decision, **told}
    return Result(bundle, answer.replace("**", ""))


def laid_out(kind: str, title: str, template: str, **values: object) -> Part:
    """Fill a template of the room; every value that is not markup is escaped."""
    return Part(kind, title, Markup(_environment().get_template(f"{template}.html.j2").render(values)))  # noqa: S704 - autoescaped


def bold(text: str) -> Markup:
    """Turn what stands between ``**`` into strong words; all else is escaped."""
    pieces = str(_kept_whole(text)).split("**")
    if len(pieces) % 2 == 0:
        return Markup("{}").format(text)
    strong = Markup("<strong>{}</strong>")
    return Markup("").join(
        strong.format(one) if place % 2 else Markup("{}").format(one) for place, one in enumerate(pieces)
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("cjlab.reports.pages", "templates")
    made = Environment(
        loader=loader,
        autoescape=True,
        finalize=_kept_whole,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["bold"] = bold
    return made


def _kept_whole(value: object) -> object:
    """Keep a short word with a hyphen, or a sign and what it belongs to, on one line: a word joiner follows it."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else _SHORT.sub("\\g<0>\u2060", value)
