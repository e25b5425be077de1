"""What the page says of plans: propensities that are true, rules that hold, and what a million customers cost."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from benchmarks.page import table
from benchmarks.proof import planned
from benchmarks.proof.section import Section, rates
from cjlab.decisions import plan

SALTS = 400
MARKET = (20_000, 365)
MARKETS = (20, 50_000, 365)
SIZES = (10_000, 100_000, 1_000_000)
_ALONE = 2_000
_SAID = (
    "A plan for 2,000 customers and six actions, under a budget and two capacities that bind, with 5 % drawn at random"
    " and a control of 10 %, is drawn under 400 salts: each propensity that was logged is set beside how often what it"
    " was logged for was drawn. Then a market lives for a year under plans made every day, and every contact is looked"
    " through by code that shares nothing with the package (`benchmarks/proof/clerk.py`): consent, caps, holdout (drawn"
    " anew half way), stock, a field that must be fresh, cooling-off after a complaint."
)

_MANY = (
    "Twenty markets of 50,000 customers live for a year each, under plans made every day: rules are asked customer by"
    " customer, so that this is what a market of a million asks, in the memory of one of them. Each has its own people,"
    " draws and holdouts (drawn anew half way). A clerk in plain Python (`benchmarks/proof/sweep.py`; a test sets it"
    " beside the other one) goes through every contact that was sent: consent, caps, both when it was decided and when"
    " it was sent, holdout, stock, a field that must be fresh, cooling-off after a complaint."
)


def planning() -> Section:
    """Write what is shown of plans."""
    return rates(
        [*planned.propensities(SALTS), *planned.rules_in_a_market(*MARKET)],
        _SAID,
        f"The gap is what the plan is worth below the Lagrangian bound, as a share of it. One customer alone"
        f" (`Prices.choose`) takes {alone():.2f} ms at the 99th percentile of {_ALONE:,}.",
        table(("customers × 6 actions", "gap to the bound", "CPU-seconds of `plan`"), [_sized(n) for n in SIZES]),
    )


def many() -> Section:
    """Write whether rules hold for a million customers over a year."""
    started = time.process_time()
    found = list(planned.rules_among_many(*MARKETS))
    return rates(found, _MANY, f"All of it took {time.process_time() - started:,.0f} CPU-seconds on one thread.")


def _sized(n: int) -> tuple[str, str, str]:
    """Plan for so many, under limits that bind."""
    asked, value = planned.asked(n), planned.worth(n)
    terms = replace(planned.terms(n), budget=0.1 * n + 400.0)
    started = time.process_time()
    made = plan(asked, value, terms)
    return f"{n:,}", f"{made.gap:.2e}", f"{time.process_time() - started:.1f}"


def alone() -> float:
    """Return the 99th percentile of milliseconds that deciding on one customer takes."""
    made = plan(planned.asked(_ALONE), planned.worth(_ALONE), planned.terms(_ALONE))
    names, values = made.eligibility.rules.names, planned.worth(_ALONE)
    given = values.to_dict("records")
    taken = []
    for row, allowed in enumerate(made.eligibility.allowed):
        may = [name for name, there in zip(names, allowed, strict=True) if there]
        started = time.process_time()
        made.prices.choose(row, given[row], allowed=may)
        taken.append(time.process_time() - started)
    return 1_000 * float(np.quantile(taken, 0.99))
