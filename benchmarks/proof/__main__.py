"""Rerun the evidence and write it into ``benchmarks/PROOF.md``: all of it, or the sections whose headings are named.

``python -m benchmarks.proof "Models: uplift"`` reruns the sections whose heading has those words.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.page import table
from benchmarks.proof import (
    alike,
    decisions,
    draws,
    fitting,
    forests,
    market,
    measures,
    mouths,
    news,
    on_choices,
    on_features,
    on_loop,
    on_models,
    on_plans,
    on_statistics,
    policies,
    registries,
)
from benchmarks.proof.section import Section, rates, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from benchmarks.proof.bar import Rate

REPLAYS, TESTS = 40_000, 2_000
SEEDS, DRAWS, PAIRS, WORLDS = 400, 1_000_000, 30, 20


def main(words: Sequence[str] = ()) -> int:
    """Run every section, or those whose heading has one of the words; return 1 when a bar does not hold that must."""
    chosen = {heading: measure for heading, measure in SECTIONS.items() if _asked(heading, words)}
    if not chosen:
        sys.stderr.write(f"no section has {' or '.join(map(repr, words))} in its heading; there are:\n")
        sys.stderr.writelines(f"  {heading}\n" for heading in SECTIONS)
        return 2
    failed = sum([write(heading, measure) for heading, measure in chosen.items()])
    return 1 if failed else 0


def _asked(heading: str, words: Sequence[str]) -> bool:
    return not words or any(word.lower() in heading.lower() for word in words)


def _draws() -> Iterable[Rate]:
    yield from draws.uniformity(SEEDS, DRAWS)
    yield from draws.neighbours(SEEDS, DRAWS)


def _alike() -> Section:
    found = list(alike.compared(WORLDS))
    body = f"{alike.SAID}\n\n{table(alike.COLUMNS, [one.row() for one in found])}"
    return Section(body, sum(not one.holds for one in found))


def _branches() -> Section:
    found = market.branches(PAIRS)
    return Section(
        "Purchases of 2,000 customers in 90 days, everybody written to each week against nobody. Over "
        f"{PAIRS} seeds the difference has a variance of {found.apart:,.0f} where the two are drawn apart and of "
        f"{found.together:,.0f} where they are two branches of one market: {found.ratio:.0f} times less. Its mean is "
        f"{found.mean:+.1f} purchases."
    )


SECTIONS: Mapping[str, Callable[[], Section | None]] = {
    "Level and coverage of two-arm comparisons": lambda: rates(on_statistics.compared()),
    "Corrections, sizes, splits, guardrails": lambda: rates(on_statistics.many()),
    "Decisions": lambda: rates(decisions.worlds(TESTS)),
    "The same numbers however the rows arrive": on_statistics.same,
    "The simulator's draws": lambda: rates(_draws()),
    "The simulator's truth": lambda: rates(market.experiments(SEEDS)),
    "Word of mouth": lambda: rates(mouths.experiments(SEEDS)),
    "A world fitted to a known one": lambda: rates(fitting.recovered(SEEDS)),
    "Features: the persons behind visitors": on_features.persons,
    "Features: who has stopped": on_features.stopped,
    "Features: what rhythm costs": on_features.costs,
    "Features: what texts are about": on_features.written,
    "Features: topics that are new or grow": lambda: rates(news.experiments(SEEDS)),
    "Features: affinity, interest, engagement and sessions": on_features.liked,
    "Features: what they are worth": on_features.useful,
    "Models: nothing found where labels are shuffled": on_models.unknown,
    "Models: uplift against the truth": on_models.moved,
    "Models: where nothing works": lambda: rates(policies.nothing(SEEDS)),
    "Models: what a chosen policy is worth": on_choices.chosen,
    "Models: prospects": on_choices.qualified,
    "Models: which incentive, which channel": on_choices.incited,
    "Models: defence against leaving": on_choices.kept,
    "Models: winning back": on_choices.returned,
    "Models: cross-selling": on_choices.crossed_over,
    "Models: the interval of one customer": lambda: forests.sure(SEEDS),
    "Models: what customers are worth": on_models.worth,
    "Models: effects where nobody was randomised": on_models.observed,
    "Models: what to offer next": on_models.offers,
    "Models: what comes next": on_models.coming,
    "Models: personas": on_models.grouped,
    "Plans: propensities that are true, and rules that hold": on_plans.planning,
    "Plans: rules over a million customers and a year": on_plans.many,
    "Metrics: intervals, and false alarms": lambda: rates(measures.experiments(REPLAYS), measures.SAID),
    "Metrics: the same figures as others": _alike,
    "Loop: drift": on_loop.drifted,
    "Loop: alarms": on_loop.alarmed,
    "Loop: outcomes that come late": on_loop.late,
    "Loop: who was saved": on_loop.stayed,
    "Loop: a registry on MLflow's own server": registries.on_a_server,
    "Loop: who is promoted": on_loop.challenged,
    "Loop: who is promoted by folds": on_loop.crossed,
    "Loop: where not everybody may be sent everything": on_loop.permitted,
    "Loop: what actions changed": on_loop.changed,
    "Loop: what it learns": on_loop.learnt,
    "Loop: killed at any moment": on_loop.survived,
    "Two branches of one market": _branches,
    "Where the normal law fails: the real test's spend": on_statistics.spent,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
