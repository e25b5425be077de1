"""Why an arm got its verdict, in words and with the numbers that decided."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cjlab._display import joined, started
from cjlab.experiments._columns import NET
from cjlab.experiments._decision import Reason
from cjlab.experiments._rule import best_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from cjlab.experiments._guardrail import Guardrail
    from cjlab.experiments._readout import Readout
    from cjlab.experiments._voice import Voice

_IN_MONEY = frozenset({Reason.LOSES, Reason.NOT_SHOWN_TO_PAY, Reason.COSTS})


def arm_line(readout: Readout, voice: Voice, arm: str, *, opens: bool = False) -> str:
    """Say what an arm changed, in what if it opens the list, and why it got its verdict; nothing if not known."""
    metric = readout.experiment.primary
    effect = readout.effect(metric.name, arm)
    if not math.isfinite(effect.estimate):
        return ""
    return voice.words(
        f"first_arm_{'share' if metric.kind == 'share' else 'amount'}" if opens else "each_arm",
        metric=voice.metric(metric.name),
        horizon=voice.horizon(),
        arm=started(readout.experiment.arm(arm).head(voice.language)),
        change=voice.change(effect.metric, effect.estimate),
        interval=voice.interval(effect),
        reason=reason(readout, voice, arm),
    )


def reason(readout: Readout, voice: Voice, arm: str) -> str:
    """Say why an arm got its verdict."""
    verdict = readout.decision.of(arm)
    key = f"reason_{verdict.reason.name.lower()}"
    if verdict.reason in _IN_MONEY and readout.net:
        return voice.words(f"{key}_net", **brings(readout, voice, arm))
    if verdict.reason is Reason.UNDECIDED:
        return _undecided(voice, verdict.needed)
    return voice.words(key, **_numbers(readout, voice, arm))


def brings(readout: Readout, voice: Voice, arm: str) -> dict[str, str]:
    """Say what an arm brings per 1,000 customers, and the interval of it."""
    net = readout.effect(NET, arm)
    return {"net": voice.level(NET, net.estimate), "interval": voice.interval(net)}


def _numbers(readout: Readout, voice: Voice, arm: str) -> dict[str, str]:
    """Write the numbers that a reason may name: the lines, the better end of the interval, and the bars."""
    metric, stands = readout.experiment.primary, _STANDS.get(readout.decision.of(arm).reason)
    effect = readout.effect(metric.name, arm)
    concerned = [one for one in readout.guardrails if stands is not None and one.arm == arm and stands(one)]
    return {
        **bars(readout, voice),
        "best": voice.change(metric.name, metric.sign * best_case(readout.experiment, effect)),
        "lines": "; ".join(_line(readout, voice, one) for one in concerned),
        "metrics": joined([voice.metric(one.metric) for one in concerned], language=voice.language),
    }


_STANDS: dict[Reason, Callable[[Guardrail], bool]] = {
    Reason.GUARDRAIL: lambda one: one.broken,
    Reason.GUARDRAIL_OPEN: lambda one: not one.held,
    Reason.GUARDRAIL_UNKNOWN: lambda one: not one.measured,
}


def bars(readout: Readout, voice: Voice) -> dict[str, str]:
    """Write what the primary metric had to reach: the least effect worth having, and the one that was planned for."""
    experiment, metric = readout.experiment, readout.experiment.primary
    return {
        "minimum": voice.change(metric.name, metric.sign * metric.minimum_effect),
        "expected": voice.change(metric.name, metric.sign * abs(experiment.expected_effect or 0.0)),
    }


def _line(readout: Readout, voice: Voice, one: Guardrail) -> str:
    """Say how a guardrail stands: its metric, the difference with its interval, and the limit agreed."""
    metric = readout.experiment.metric(one.metric)
    return voice.words(
        "line_most" if metric.sign < 0 else "line_least",
        metric=voice.metric(one.metric),
        change=voice.change(one.metric, one.effect.estimate),
        interval=voice.interval(one.effect),
        margin=voice.change(one.metric, -metric.sign * one.margin),
    )


def _undecided(voice: Voice, needed: int | None) -> str:
    if needed is None:
        return voice.words("reason_undecided_open")
    return voice.words("reason_undecided", count=voice.numbers.count(_rounded(needed)))


def _rounded(count: int) -> int:
    """Round to two significant digits: a size that is an estimate should look like one."""
    scale = int(10 ** max(0, len(str(count)) - 2))
    return -(-count // scale) * scale
