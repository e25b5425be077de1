"""What is proven of choices: whom to contact, with what, and what that brings."""

from __future__ import annotations

from benchmarks.page import table
from benchmarks.proof import crossed, defended, incentives, policies, prospects, spread, won_back
from benchmarks.proof.section import Section, barred, missed

WORLDS = 20
FEW, MANY = 4, 40
LAPSED, SENT, SEEN, BILLED, OFFERED_TO = 100_000, 40_000, 12_000, 8_000, 10_000


def chosen() -> Section:
    """Set the chosen policy against the oracle's."""
    told = table(spread.COLUMNS, policies.lines([one for seed in range(FEW) for one in policies.lived(seed)]))
    return Section(f"{policies.SAID}\n\n{told}")


def returned() -> Section:
    """Say what winning back is worth when it is scored by effects."""
    moved, null = ([won_back.lived(seed, LAPSED, null=one) for seed in range(WORLDS)] for one in (False, True))
    rates = list(won_back.bars(moved, null))
    return Section(
        "\n\n".join((won_back.SAID, table(spread.COLUMNS, won_back.lines(moved)), barred(rates))), missed(rates)
    )


def incited() -> Section:
    """Say what choosing between incentives, and between channels, is worth."""
    kinds = (incentives.DIFFERENT, incentives.ALIKE, incentives.CHANNELS)
    found = {one.name: [incentives.lived(one, seed, SENT) for seed in range(WORLDS)] for one in kinds}
    told = table(spread.COLUMNS, [row for one in kinds for row in incentives.lines(one, found[one.name])])
    rates = list(incentives.bars(found))
    return Section("\n\n".join((incentives.SAID, told, barred(rates))), missed(rates))


def qualified() -> Section:
    """Say how well first purchases are told beforehand."""
    found = [prospects.lived(kind, seed, SEEN) for seed in range(WORLDS) for kind in prospects.KINDS]
    told = table((*spread.COLUMNS, "bar", "verdict"), prospects.lines(found))
    return Section(f"{prospects.SAID}\n\n{told}", prospects.missed(found))


def kept() -> Section:
    """Say what arguments matched to risks keep."""
    found = [defended.lived(seed, BILLED) for seed in range(WORLDS)]
    said, holds = defended.verdict(found)
    told = table(spread.COLUMNS, defended.lines(found))
    return Section(f"{defended.SAID}\n\n{told}\n\n{said}", int(not holds))


def crossed_over() -> Section:
    """Say what cross-selling brings once the usual purchase is deducted."""
    found = [crossed.lived(seed, OFFERED_TO) for seed in range(MANY)]
    rates = list(crossed.bars(found))
    return Section(
        "\n\n".join((crossed.SAID, table(spread.COLUMNS, crossed.lines(found)), barred(rates))), missed(rates)
    )
