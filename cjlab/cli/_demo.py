"""``cjlab demo``: a real test read out, or a simulated one where the real one is not at hand."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from cjlab.cli._answer import Answer, answering
from cjlab.cli._report import told

if TYPE_CHECKING:
    from cjlab.loop import Cycle

_CUSTOMERS = 1_500
BESIDE = Path("../shared/data")
REAL, MADE = "hillstrom", "simulated_test"
_TESTS = {REAL: "experiments/hillstrom.toml", MADE: "experiments/simulated.toml"}  # beside the notebooks


@click.command()
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@click.option("--turns", type=click.IntRange(0, 12), default=0, help="Then take so many turns of the loop.")
@answering
def demo(*, language: str, turns: int) -> Answer:
    """Read a randomised e-mail test out into a page, and say where it is.

    The test of 64,000 customers (Hillstrom, 2008) where its file is at hand: in CJLAB_DATA, data/external or
    ../shared/data. Otherwise a test in the simulated shop, which the page says. Nothing is downloaded.

    With --turns the loop then runs in a simulated shop, a month a turn, and says what each turn found and did.
    """
    from cjlab.reports import run

    name = REAL if _at_hand() else MADE
    page = told(run("experiment", experiment=_TESTS[name], log=name, language=language))
    return _with_turns(page, turns) if turns else page


def _with_turns(page: Answer, turns: int) -> Answer:
    """Add to an answer what a loop did in a simulated shop, of which nothing is kept."""
    from tempfile import TemporaryDirectory

    from cjlab.loop import play
    from cjlab.simulator import World

    with TemporaryDirectory(prefix="cjlab-demo-") as home:
        taken = play(_cycle(), World.retail(n_customers=_CUSTOMERS), folder=home, turns=turns).turns.rows
    words = [f"{turn.day}\n{_indented(turn.said)}" for turn in taken]
    value: dict[str, Any] = {**cast("dict[str, Any]", page.value), "turns": [turn.plain for turn in taken]}
    return Answer("\n".join([page.words, "", f"The loop in a simulated shop, {turns} months:", *words]), value)


def _cycle() -> Cycle:
    from cjlab.decisions import Action, Holdout, Rules, Terms
    from cjlab.features import Frequency, Monetary, Recency, Recipe, Where
    from cjlab.loop import Aim, Cycle

    bought = Where("purchase")
    return Cycle(
        name="demo",
        rules=Rules((Action("reminder", "email", 0.01),), holdouts=(Holdout(0.03, "demo", dt.date(2024, 1, 1)),)),
        terms=Terms("demo"),
        recipe=Recipe(Recency(bought), Frequency(bought, window="90D"), Monetary(window="90D")),
        aim=Aim(within="28D"),
    )


def _indented(lines: str) -> str:
    return "\n".join(f"  {line}" for line in lines.splitlines())


def _at_hand() -> bool:
    from cjlab.datasets import at_hand

    if at_hand(REAL) is not None:
        return True
    there = (BESIDE / REAL / f"{REAL}.csv").is_file()
    if there:
        os.environ["CJLAB_DATA"] = str(BESIDE.resolve())
    return there
