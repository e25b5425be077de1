"""What is proven of the closed loop."""

from __future__ import annotations

from benchmarks.proof import challengers, drifts, kept, reported, waves
from benchmarks.proof.section import Section, rates

SEEDS, WAVES = 400, 1_500


def challenged() -> Section:
    """Say which challengers are promoted."""
    return rates(challengers.experiments(SEEDS), challengers.SAID)


def changed() -> Section:
    """Say whether intervals of what actions changed hold."""
    return rates(waves.experiments(WAVES), waves.SAID)


def drifted() -> Section:
    """Say how often drift is seen where there is none, and whether its intervals hold."""
    return rates(drifts.experiments(SEEDS), drifts.SAID)


def late() -> Section:
    """Say whether what is known of a wave that is not mature tells what will have come."""
    return rates(reported.experiments(SEEDS), reported.SAID)


def stayed() -> Section:
    """Say whether the saved share is told as it is."""
    return rates(kept.experiments(SEEDS), kept.SAID)
