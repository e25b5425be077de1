"""The answer that a page about a log begins with, and that its record keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab.reports.pages._part import laid_out, result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjlab.reports.pages._part import Part, Result
    from cjlab.reports.pages._top import KeyNumber


@dataclass(frozen=True, slots=True)
class Answer:
    """A question, and what is decided.

    Parameters
    ----------
    question
        What the page answers.
    headline
        The decision, in one sentence without its full stop.
    why
        What it rests on, a sentence each.
    reservation
        What is left open; empty where nothing is.
    tone
        How it is coloured.
    note
        What must be said first, such as that nobody in the log exists; empty where there is nothing.
    """

    question: str
    headline: str
    why: Sequence[str]
    reservation: str
    tone: str = "neutral"
    note: str = ""

    def top(
        self,
        facts: Sequence[str],
        *,
        numbers: tuple[str, Sequence[KeyNumber]],
        plan: tuple[str, Sequence[tuple[str, str]]] = ("", ()),
    ) -> tuple[Part, ...]:
        """Return question, decision, and where there are any, key numbers and what to do, each under its heading."""
        told = {"why": self.why, "reservation": self.reservation, "tone": self.tone, "note": self.note}
        made = [
            laid_out("header", self.question, "header", facts=facts),
            laid_out("decision", self.headline, "decision", headline=self.headline, **told),
        ]
        if numbers[1]:
            made.append(laid_out("key-numbers", numbers[0], "key_numbers", numbers=numbers[1]))
        if plan[1]:
            made.append(laid_out("plan", plan[0], "plan", heading=plan[0], lines=plan[1]))
        return tuple(made)

    def result(self, *, language: str, reader: str = "decider", **told: object) -> Result:
        """Return what a record keeps: the decision in full, and what is ``told`` beside it."""
        full = " ".join(one for one in (f"{self.headline}.", *self.why, self.reservation) if one)
        return result(
            self.question, self.headline, answer=full, tone=self.tone, language=language, reader=reader, **told
        )
