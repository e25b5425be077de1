"""Whether the test can be trusted, question by question."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

from markupsafe import Markup

from cjlab._display import started
from cjlab.reports.pages._body import Body, Fold, Grid, section

if TYPE_CHECKING:
    from cjlab.reports.pages._part import Part
    from cjlab.reports.pages._teller import Teller

Row: TypeAlias = list[str | Markup]
_ALARM, _CONTAMINATED, _LIMIT = 0.001, 0.01, 0.1
_SHORT = 20  # signs


def trust(tell: Teller) -> Part:
    """Lay out the checks of the test, with the groups before it folded beneath."""
    rows = [_split(tell), _untouched(tell), _alike(tell), _size(tell), _mature(tell)]
    rows += [_days(tell)] if tell.readable else []
    columns = [tell.say(name) for name in ("question", "found", "answer")]
    return section(tell.say("trust"), Body(grid=Grid(columns, rows), folded=_balance(tell)))


def odds(tell: Teller, p: float) -> str:
    """Say how often chance alone would do it: ``90 times in 100``."""
    if p < _ALARM:
        return tell.say("odds_very_rare", p=tell.p(p))
    times = round(100 * p)
    if times < 1:
        return tell.say("odds_rare")
    return tell.say("odds_hundred_one") if times == 1 else tell.say("odds_hundred", count=times)


def _yes(tell: Teller) -> Markup:
    return tell.chip(tell.say("yes"), "good")


def _no(tell: Teller) -> Markup:
    return tell.chip(tell.say("no"), "bad")


def _split(tell: Teller) -> Row:
    """Name every group with its customers, and those it was to get."""
    sound, shares, write = tell.readout.soundness, tell.experiment.shares, tell.numbers.customers
    found, total = sound.enrolment.customers, sound.enrolment.total
    order = [*(arm.name for arm in tell.experiment.treated), tell.experiment.control]
    planned = {arm: write(round(total * shares[arm])) for arm in order}
    equal = max(shares.values()) - min(shares.values()) < 1e-9  # noqa: PLR2004 - rounding of sums
    key = "split_arm" if equal else "split_arm_planned"
    counts = [tell.say(key, arm=_whole(tell.head(arm)), count=write(found[arm]), planned=planned[arm]) for arm in order]
    words = {"counts": " · ".join(counts), "odds": odds(tell, sound.sample_ratio_p), "total": write(total)}
    said = tell.say("split_equal" if equal else "split_shares", **words, planned=planned[order[0]])
    return [tell.say("split"), said, _no(tell) if sound.sample_ratio_p < _ALARM else _yes(tell)]


def _whole(name: str) -> str:
    """Keep a short name on one line."""
    return name.replace(" ", "\u00a0") if len(name) <= _SHORT else name


def _untouched(tell: Teller) -> Row:
    """Say whether those to be left alone were, and where an arm to be contacted was not, that."""
    sound = tell.readout.soundness
    if sound.unsent:
        said = tell.say("untouched_unsent", arms=tell.joined([tell.arm(arm) for arm in sound.unsent]))
        return [tell.say("reached"), said, _no(tell)]
    if not sound.alone:
        return [tell.say("untouched"), tell.say("untouched_meant"), _yes(tell)]
    count, total = (one[sound.alone[0]] for one in (sound.enrolment.contacted, sound.enrolment.customers))
    numbers = {"count": tell.numbers.customers(count), "total": tell.numbers.customers(total)}
    said = tell.say("untouched_found", **numbers) if count else tell.say("untouched_none")
    return [tell.say("untouched"), said, _no(tell) if sound.contaminated > _CONTAMINATED else _yes(tell)]


def _alike(tell: Teller) -> Row:
    sound = tell.readout.soundness
    if sound.largest_difference is None:
        return [tell.say("alike"), tell.say("alike_none"), tell.chip(tell.say("not_known"), "")]
    unlike = tell.chip(tell.say("unlike"), "warn")
    if math.isinf(sound.largest_difference):
        trait = next(one.trait for one in sound.compared if math.isinf(one.difference))
        return [tell.say("alike"), tell.say("alike_apart", trait=started(tell.voice.trait(trait))), unlike]
    size = tell.numbers.share(sound.largest_difference, digits=1)
    traits = len({one.trait for one in sound.compared})
    key = "alike_one" if traits == 1 else "alike_many"
    said = tell.say(key, size=size, count=tell.word(traits), limit=tell.share(_LIMIT))
    return [tell.say("alike"), said, _yes(tell) if sound.alike else unlike]


def _size(tell: Teller) -> Row:
    sound = tell.readout.soundness
    if sound.planned is None:
        return [tell.say("size"), tell.say("size_none"), tell.chip(tell.say("not_agreed"), "")]
    count = tell.numbers.customers(sum(sound.enrolment.mature.values()))
    said = tell.say("size_found", count=count, planned=tell.numbers.count(sound.planned))
    return [tell.say("size"), said, _missing(tell, sound.missing) if sound.missing else _yes(tell)]


def _missing(tell: Teller, missing: int) -> Markup:
    """Say that customers are still to come; of a test that cannot be used, how many never will."""
    if tell.readable:
        return tell.chip(tell.say("mature_later"), "warn")
    return tell.chip(tell.say("size_missing", count=tell.numbers.count(missing)), "bad")


def _mature(tell: Teller) -> Row:
    sound, horizon = tell.readout.soundness, tell.horizon()
    if not tell.experiment.dated:
        said = tell.say("mature_closed", horizon=horizon)
        return [tell.say("mature"), said, tell.chip(tell.say("mature_only", horizon=horizon), "warn")]
    if sound.enrolment.mature_share >= 1:
        return [tell.say("mature"), tell.say("mature_all", horizon=horizon), _yes(tell)]
    share = tell.numbers.share(sound.enrolment.mature_share, digits=0)
    until = tell.say("mature_on", date=tell.complete) if tell.complete else tell.say("mature_later")
    said = tell.say("mature_some" if sound.enrolment.mature_share else "mature_none", share=share, horizon=horizon)
    return [tell.say("mature"), said, tell.chip(until, "warn")]


def _days(tell: Teller) -> Row:
    if tell.readout.days:
        return [tell.say("days"), tell.say("days_seen"), _yes(tell)]
    said = tell.say("days_none" if tell.experiment.dated else "days_undated")
    return [tell.say("days"), said, tell.chip(tell.say("not_known"), "" if tell.experiment.dated else "warn")]


def _balance(tell: Teller) -> Fold | None:
    """Fold the groups before the test: every trait of every group beside the control."""
    found = tell.readout.soundness.balance
    if not found:
        return None
    columns = [tell.say(name) for name in ("trait", "group", "in_control", "in_group", "apart")]
    rows: list[Row] = [
        [
            started(tell.voice.trait(one.trait)),
            tell.head(one.arm),
            _mean(tell, one.mean_control),
            _mean(tell, one.mean),
            _apart(tell, one.difference),
        ]
        for one in found
    ]
    return Fold(tell.say("balance"), Grid(columns, rows, frozenset({2, 3, 4})), tell.say("apart_note"))


def _mean(tell: Teller, value: float) -> str:
    return tell.numbers.decimal(value, digits=1 if abs(value) >= 100 else 3)  # noqa: PLR2004 - four digits in all


def _apart(tell: Teller, difference: float) -> str:
    sign = "+" if math.isfinite(difference) and round(100 * difference, 1) > 0 else ""
    return f"{sign}{tell.numbers.share(difference, digits=1)}"
