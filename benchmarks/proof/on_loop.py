"""What is proven of the closed loop."""

from __future__ import annotations

from benchmarks.proof import (
    alarms,
    challengers,
    consents,
    drifts,
    folded,
    kept,
    killed,
    lessons,
    reported,
    turns,
    waves,
)
from benchmarks.proof.section import Section, rates

SEEDS, WAVES = 400, 1_500
MARKETS = 30
SOUND, BROKEN = 400, 200


def challenged() -> Section:
    """Say which challengers are promoted."""
    return rates(challengers.experiments(SEEDS), challengers.SAID)


def crossed() -> Section:
    """Say which challengers are promoted that are judged on what they learnt from, too."""
    return rates(folded.rates(SEEDS), folded.SAID)


def permitted() -> Section:
    """Say which challengers are promoted where not everybody may be sent everything."""
    return rates(consents.experiments(SEEDS), consents.SAID)


def changed() -> Section:
    """Say whether intervals of what actions changed hold."""
    return rates(waves.experiments(WAVES), waves.SAID)


def drifted() -> Section:
    """Say how often drift is seen where there is none, and whether its intervals hold."""
    return rates(drifts.experiments(SEEDS), drifts.SAID)


def alarmed() -> Section:
    """Say how often alarms are raised where all is well, and where one thing is broken."""
    return rates(alarms.experiments(SOUND, BROKEN), alarms.SAID)


def late() -> Section:
    """Say whether what is known of a wave that is not mature tells what will have come."""
    return rates(reported.experiments(SEEDS), reported.SAID)


def survived() -> Section:
    """Say whether what is killed at any moment is finished by the next call."""
    return killed.told(list(killed.experiments()))


def stayed() -> Section:
    """Say whether the saved share is told as it is."""
    return rates(kept.experiments(SEEDS), kept.SAID)


def learnt() -> Section:
    """Say what the closed loop brings beside other ways to decide."""
    found: dict[str, list[turns.Lived]] = {}
    for of in (turns.retail, turns.telecom, turns.read):
        for seed in range(MARKETS):
            for name, one in turns.lived(of(turns.CUSTOMERS, seed)).items():
                found.setdefault(name, []).append(one)
    return lessons.told(found)
