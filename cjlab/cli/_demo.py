"""``cjlab demo``: a real test read out, or a simulated one where the real one is not at hand."""

from __future__ import annotations

import os
from pathlib import Path

import click

from cjlab.cli._answer import Answer, answering
from cjlab.cli._report import told

BESIDE = Path("../shared/data")
REAL, MADE = "hillstrom", "simulated_test"
_TESTS = {REAL: "experiments/hillstrom.toml", MADE: "experiments/simulated.toml"}  # beside the notebooks


@click.command()
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@answering
def demo(*, language: str) -> Answer:
    """Read a randomised e-mail test out into a page, and say where it is.

    The test of 64,000 customers (Hillstrom, 2008) where its file is at hand: in CJLAB_DATA, data/external or
    ../shared/data. Otherwise a test in the simulated shop, which the page says. Nothing is downloaded.
    """
    from cjlab.reports import run

    name = REAL if _at_hand() else MADE
    return told(run("experiment", experiment=_TESTS[name], log=name, language=language))


def _at_hand() -> bool:
    from cjlab.datasets import at_hand

    if at_hand(REAL) is not None:
        return True
    there = (BESIDE / REAL / f"{REAL}.csv").is_file()
    if there:
        os.environ["CJLAB_DATA"] = str(BESIDE.resolve())
    return there
