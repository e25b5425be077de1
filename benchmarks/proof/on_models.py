"""What is proven of models."""

from __future__ import annotations

from benchmarks.page import table
from benchmarks.proof import chance, foreseen, kinds, matched, offered, uplift, values
from benchmarks.proof.section import Section, barred, missed

SEEDS, WORLDS = 400, 20
TESTED = 40_000
YEARS, YEARLY = 5, 10_000
TIMED = 1_000_000
OFFERED = 100
PLANTED = 100


def unknown() -> Section:
    """Say what a model finds where there is nothing to find."""
    body, rate, holds = chance.experiments(SEEDS)
    return Section(f"{body}\n\n{barred([rate])}", missed([rate]) + (not holds))


def worth() -> Section:
    """Say what forecasts of value are worth."""
    rates = [*values.recovered(SEEDS), *values.corrected(SEEDS)]
    years = list(values.years(YEARS, YEARLY))
    told = [table(values.COLUMNS, [one.row() for one in years]), table(values.TENTHS, [one.tenths() for one in years])]
    parts = (values.SAID, barred(rates), values.published(), *told, values.met(years), values.pace(TIMED))
    return Section("\n\n".join(parts), missed(rates))


def observed() -> Section:
    """Say what effects are worth that nobody randomised."""
    rates = list(matched.experiments(SEEDS))
    return Section("\n\n".join((matched.SAID, barred(rates), matched.training())), missed(rates))


def offers() -> Section:
    """Say what next offers are worth."""
    shown, rates = table(offered.COLUMNS, list(offered.rows())), list(offered.experiments(OFFERED))
    return Section("\n\n".join((offered.SAID, shown, barred(rates))), missed(rates))


def coming() -> Section:
    """Say what next interactions are worth that were foretold."""
    body, rates = foreseen.written(WORLDS)
    return Section(f"{body}\n\n{barred(rates)}", missed(rates))


def moved() -> Section:
    """Set uplift against the simulator's truth."""
    found = [uplift.lived(seed, TESTED) for seed in range(WORLDS)]
    rates = [uplift.covered(found)]
    told = table(uplift.COLUMNS, uplift.lines(found))
    return Section("\n\n".join((uplift.SAID, told, barred(rates))), missed(rates))


def grouped() -> Section:
    """Say what personas are worth."""
    rate, rows = kinds.invented(SEEDS), [kinds.found(PLANTED), *kinds.lived(YEARS, 2_000)]
    return Section("\n\n".join((kinds.SAID, table(kinds.COLUMNS, rows), barred([rate]))), missed([rate]))
