"""What a command answers: words for a person, JSON for a program, a code for a scheduler."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from cjlab.errors import CjlabError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

FLAG = "--json"
DONE, REFUSED, ASKED_WRONGLY = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Answer:
    """Words, the same as a value, and the exit code."""

    words: str
    value: object
    code: int = DONE
    refused: bool = field(default=False, kw_only=True)

    @classmethod
    def refusal(cls, error: CjlabError) -> Answer:
        """Say in one line what was refused; a refusal may know the record it left."""
        words = " ".join(str(error).split())
        value: dict[str, object] = {"error": type(error).__name__, "message": words}
        record = getattr(error, "record", None)
        if record is not None:
            value |= {"folder": str(record.folder), "html": str(record.html)}
        code = ASKED_WRONGLY if isinstance(error, ParameterError) else REFUSED
        value["exit_code"] = code
        return cls(f"cjlab: {words}", value, code, refused=True)


def answering(function: Callable[..., Answer]) -> Callable[..., None]:
    """Give a command the option ``--json``, and turn what cjlab refuses into a line and an exit code."""

    @click.option(FLAG, "as_json", is_flag=True, help="Answer in JSON, on one line.")
    @click.pass_context
    @functools.wraps(function)
    def answered(context: click.Context, /, *, as_json: bool, **given: Any) -> None:  # noqa: ANN401 - click's options
        try:
            answer = function(**given)
        except CjlabError as error:
            answer = Answer.refusal(error)
        if as_json:
            click.echo(dumped(answer.value))
        if answer.refused or not as_json:
            click.echo(answer.words, err=answer.refused)
        context.exit(answer.code)

    return answered


def dumped(value: object) -> str:
    """Write a value as JSON, on one line."""
    return json.dumps(value, ensure_ascii=False, default=str)


def table(rows: Sequence[Mapping[Any, object]], *, empty: str) -> str:
    """Set rows in columns as wide as what they hold."""
    if not rows:
        return empty
    names = list(rows[0])
    lines = [names, *([str(row[name]) for name in names] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(names))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
