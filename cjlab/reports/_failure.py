"""What is said when a notebook stops half-way: what failed, and what holds all the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from cjlab import errors
from cjlab.reports import _bundles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nbformat import NotebookNode

    from cjlab._display import Wording
    from cjlab.reports._blocks import Block, Figure

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_GIVEN = frozenset({"parameters", "injected-parameters"})
_TITLED = ("section", "decision", "key-numbers", "plan", "figure")


@dataclass(frozen=True, slots=True)
class Failure:
    """The error that stopped a notebook, and the step it stopped at; no name means that nothing failed."""

    name: str = ""
    message: str = ""
    step: int = 0
    steps: int = 0

    @classmethod
    def find(cls, notebook: NotebookNode) -> Failure:
        """Look for the error that stopped an executed notebook, or for what it put out that no page is made from.

        An error that a cell is tagged to raise stops nothing.
        """
        code = _steps(notebook)
        for step, cell in enumerate(code, 1):
            for output in cell.get("outputs", []):
                name, message = _wrong(output, raised=bool(cell.metadata["papermill"].get("exception")))
                if name:
                    return cls(name, message, step, len(code))
        return cls()

    @classmethod
    def dead(cls, notebook: NotebookNode) -> Failure:
        """Say that the kernel was gone before the cells were done: the step is the first that was not completed."""
        code = _steps(notebook)
        done = [cell for cell in code if cell.metadata["papermill"].get("status") == "completed"]
        return cls("DeadKernelError", "the kernel died", min(len(done) + 1, len(code)), len(code))

    @classmethod
    def read(cls, manifest: Mapping[str, Any]) -> Failure:
        """Read what a manifest holds of a failure."""
        return cls(**manifest.get("failure", {}))

    def before(self, notebook: NotebookNode) -> NotebookNode:
        """Return the notebook up to the step that failed: what stands after it speaks of what was not made."""
        if not self:
            return notebook
        last = _steps(notebook)[self.step - 1] if self.step else None
        kept: NotebookNode = notebook.copy()
        kept.cells = notebook.cells[: next((i for i, cell in enumerate(notebook.cells) if cell is last), 0)]
        return kept

    def __bool__(self) -> bool:
        """Whether anything failed."""
        return bool(self.name)

    @property
    def expected(self) -> bool:
        """Whether cjlab refused something, and its message is meant for a reader."""
        return self.name in errors.__all__

    def words(self, *, say: Wording) -> str:
        """Say in a sentence what stopped the notebook."""
        if self.expected:
            return say("failed_expected", message=self.message)
        return say("failed_kernel") if self.name == "DeadKernelError" else say("failed_unexpected", name=self.name)

    def page(self, blocks: Sequence[Block | Figure], *, say: Wording) -> Markup:
        """Lay out the warning that heads an incomplete page; empty when nothing failed."""
        if not self:
            return Markup("")
        holds = [block.title for block in blocks if block.title and block.kind in _TITLED]
        items = Markup("").join(Markup("<li>{}</li>").format(title) for title in holds)
        valid = Markup("<p>{}</p><ul>{}</ul>").format(say("still_valid"), items) if holds else ""
        return Markup('<section class="decision stop"><h2>{}</h2><p>{}</p><p>{}</p>{}</section>').format(
            say("incomplete"),
            self.words(say=say),
            say("failed_at", step=self.step, steps=self.steps),
            valid or Markup("<p>{}</p>").format(say("nothing_valid")),
        )


def _wrong(output: Mapping[str, Any], *, raised: bool) -> tuple[str, str]:
    """Return the name and the message of what is wrong with an output; empty where nothing is."""
    if output["output_type"] == "error":
        return (output["ename"], _COLOURS.sub("", output["evalue"])) if raised else ("", "")
    try:
        _bundles.checked(output.get("data", {}))
    except errors.ReportError as refused:
        return type(refused).__name__, str(refused)
    return "", ""


def _steps(notebook: NotebookNode) -> list[NotebookNode]:
    """List the cells that compute something; those of the parameters do not."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [cell for cell in code if not _GIVEN.intersection(cell.metadata.get("tags", []))]
