"""Why the test as a whole brings no arm forward, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab._display import joined
from cjlab.experiments._decision import Reason, Verdict
from cjlab.experiments._reason import bars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjlab.experiments._readout import Readout
    from cjlab.experiments._voice import Voice

_NAMED = 4  # of more groups than these only the three furthest from the plan are named


def why(readout: Readout, voice: Voice) -> str:
    """Say why no arm is brought forward; nothing where the arms say it themselves."""
    sound, verdict = readout.soundness, readout.decision.verdict
    if verdict is Verdict.INVALID:
        return _invalid(readout, voice)
    if verdict is Verdict.KEEP_TESTING and sound.unfinished is Reason.SMALL:
        planned, missing = voice.numbers.count(sound.planned or 0), voice.numbers.count(sound.missing or 0)
        return voice.words("why_small_one" if sound.missing == 1 else "why_small", count=missing, planned=planned)
    if verdict is Verdict.KEEP_TESTING and sound.unfinished is Reason.IMMATURE:
        return _immature(readout, voice)
    if verdict is Verdict.KEEP_TESTING:
        return _undecided(readout, voice)
    return _stop(readout, voice) if verdict is Verdict.DO_NOT_DEPLOY else ""


def _undecided(readout: Readout, voice: Voice) -> str:
    decision = readout.decision
    if not decision.stopped:
        return voice.words("why_undecided")
    return voice.words(
        "why_mixed", open=_arms(readout, voice, decision.open), stopped=_arms(readout, voice, decision.stopped)
    )


def _stop(readout: Readout, voice: Voice) -> str:
    """Say what stops all arms, where it is the same."""
    reasons = {one.reason for one in readout.decision.arms}
    key = f"why_stop_{reasons.pop().name.lower()}" if len(reasons) == 1 else "why_stop"
    return voice.words(key, **bars(readout, voice))


def _arms(readout: Readout, voice: Voice, arms: Sequence[str]) -> str:
    return joined([readout.experiment.arm(arm).say(voice.language) for arm in arms], language=voice.language)


def _immature(readout: Readout, voice: Voice) -> str:
    sound, first, last = readout.soundness, readout.first_complete, readout.all_complete
    share = sound.enrolment.mature_share
    words = {
        "share": voice.numbers.share(share, digits=0),
        "required": voice.numbers.share(sound.required, digits=0),
        "horizon": voice.horizon(),
    }
    key = "why_immature" if share else "why_early"
    if first is None or last is None or not readout.experiment.dated:
        return voice.words(f"{key}_undated", **words)
    return voice.words(key, **words, first=voice.numbers.date(first), date=voice.numbers.date(last))


def _invalid(readout: Readout, voice: Voice) -> str:
    sound, numbers = readout.soundness, voice.numbers
    if sound.broken is Reason.CONTAMINATED:
        return voice.words("why_contaminated", share=numbers.share(sound.contaminated, digits=1))
    if sound.broken is Reason.NOT_SENT:
        return voice.words("why_not_sent", arms=_arms(readout, voice, sound.unsent))
    found, total = sound.enrolment.customers, sound.enrolment.total
    planned = {arm: share * total for arm, share in readout.experiment.shares.items()}
    furthest = sorted(found, key=lambda arm: -abs(found[arm] - planned[arm]))
    named = list(found) if len(found) <= _NAMED else furthest[: _NAMED - 1]
    counts = ", ".join(
        voice.words(
            "split_of",
            arm=readout.experiment.arm(arm).head(voice.language),
            count=numbers.count(found[arm]),
            planned=numbers.count(planned[arm]),
        )
        for arm in named
    )
    key = "why_sample_ratio" if len(named) == len(found) else "why_sample_ratio_most"
    return voice.words(key, counts=counts, p=numbers.probability(sound.sample_ratio_p))
