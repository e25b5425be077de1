"""What is proven of features."""

from __future__ import annotations

from benchmarks.page import table
from benchmarks.proof import affinities, identities, pace, rhythm, texts, usefulness
from benchmarks.proof.section import Section, barred, missed

WORLDS, CUSTOMERS, PACED = 20, 20_000, 200_000
READERS, WRITERS = 1_500, 12_000


def persons() -> Section:
    """Say how well visitors are put together."""
    found = list(identities.experiments(WORLDS))
    rates = [rate for one in found for rate in one.bars]
    return Section(f"{barred(rates)}\n\n{' '.join(one.sentence for one in found)}", missed(rates))


def stopped() -> Section:
    """Say how soon it is noticed who has stopped."""
    found = list(rhythm.stopped(CUSTOMERS))
    bars = barred([rate for one in found for rate in (one.bar, one.reach)])
    beside = table(rhythm.COLUMNS, [one.row() for one in found])
    return Section(f"{rhythm.SAID}\n\n{beside}\n\n{bars}", sum(one.failed for one in found))


def costs() -> Section:
    """Say what rhythm costs beside the other features."""
    found = list(pace.paces(PACED))
    body = f"{pace.SAID}\n\n{table(pace.COLUMNS, [one.row() for one in found])}"
    return Section(body, sum(not one.holds for one in found))


def written() -> Section:
    """Say what texts add to who leaves."""
    found = list(texts.experiments(WORLDS, WRITERS))
    rates = [rate for one in found for rate in one.bars]
    gains = [gain for one in found for gain in one.gains]
    text = (
        f"AUC of who leaves a contract within 30 days, of a logistic regression without and with `Topics`, {WORLDS} "
        f"worlds of {WRITERS:,} customers each: fitted on seven months, judged on the five after them. The gain is the "
        "mean over worlds, with the 99 % interval of Student; beside it what the planted words themselves would add, "
        "which nobody knows beforehand. Most who leave wrote nothing in the 90 days before, so that what texts can add "
        "for everybody is bounded; where texts have no signal, neither may add."
    )
    body = f"{text}\n\n{table(texts.COLUMNS, [gain.row() for gain in gains])}\n\n{barred(rates)}"
    return Section(body, sum(not gain.holds for gain in gains) + missed(rates))


def liked() -> Section:
    """Say what affinities, interests, engagement and sessions are worth."""
    found, run = dict(affinities.reactions(READERS)), affinities.lived(READERS * 4)
    covered = [rate for where, one in found.items() for rate in affinities.covered(where, one)]
    rates = [*covered, affinities.interest(run)]
    claims = [claim for where, one in found.items() for claim in affinities.ranked(where, one)]
    claims += affinities.audited(run)
    held = table(affinities.CLAIMED, [claim.row() for claim in claims])
    body = f"{affinities.SAID}\n\n{barred(rates)}\n\n{held}"
    return Section(body, sum(not claim.holds for claim in claims) + missed(rates))


def useful() -> Section:
    """Say what features are worth to a model."""
    parts, failed = [usefulness.SAID], 0
    for question in usefulness.questions():
        found = list(usefulness.lines(question))
        share, n = float(question.judged[1].mean()), len(question.judged[1])
        learned = f"{len(question.learned[1]):,} lines learned from; judged on {n:,}, {share:.1%} do"
        parts += [f"**{question.what}** ({learned})", table(usefulness.COLUMNS, [line.row() for line in found])]
        failed += found[1].difference[1] <= 0
    return Section("\n\n".join(parts), failed)
