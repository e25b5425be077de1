"""The rule that was agreed beforehand, applied to each arm, first match wins; then the choice among the arms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab.experiments._decision import CENTS, ArmVerdict, Decision, Reason, Verdict, rank

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjlab.experiments._effect import Effect
    from cjlab.experiments._experiment import Experiment
    from cjlab.experiments._guardrail import Guardrail
    from cjlab.experiments._soundness import Soundness


@dataclass(frozen=True, slots=True)
class ArmEvidence:
    """What the rule looks at for one arm.

    Parameters
    ----------
    primary
        The primary metric against the control.
    cleared
        Whether it clears the least effect worth having, Holm-corrected over the arms.
    guardrails
        The guardrails of this arm.
    net
        Net value a customer against the control; None where the test declares no value.
    needed
        Customers an arm with which the estimate would be decisive; None where no number would.
    """

    primary: Effect
    cleared: bool
    guardrails: tuple[Guardrail, ...]
    net: Effect | None
    needed: int | None


def arm_verdict(experiment: Experiment, soundness: Soundness, evidence: ArmEvidence) -> ArmVerdict:
    """Apply the rule to one arm; the first that matches wins."""
    arm = evidence.primary.arm
    if soundness.broken is not None:
        return ArmVerdict(arm, Verdict.INVALID, soundness.broken)
    if soundness.unfinished is not None:
        return ArmVerdict(arm, Verdict.KEEP_TESTING, soundness.unfinished, soundness.missing)
    stop = _stop(experiment, evidence)
    if stop is not None:
        return ArmVerdict(arm, Verdict.DO_NOT_DEPLOY, stop)
    if evidence.cleared and all(one.held for one in evidence.guardrails):
        return _paying(experiment, arm, evidence.net)
    never = _never(experiment, evidence)
    if never is not None:
        return ArmVerdict(arm, Verdict.DO_NOT_DEPLOY, never)
    reason = Reason.GUARDRAIL_OPEN if evidence.cleared else Reason.UNDECIDED
    return ArmVerdict(arm, Verdict.KEEP_TESTING, reason, evidence.needed)


def _stop(experiment: Experiment, evidence: ArmEvidence) -> Reason | None:
    """Say what harm an arm does, if it does any."""
    if any(one.broken for one in evidence.guardrails):
        return Reason.GUARDRAIL
    return Reason.HARM if best_case(experiment, evidence.primary) < 0 else None


def _never(experiment: Experiment, evidence: ArmEvidence) -> Reason | None:
    """Say why more customers could not make an arm worth deploying, if they could not."""
    best = best_case(experiment, evidence.primary)
    if evidence.cleared and not all(one.measured for one in evidence.guardrails):
        return Reason.GUARDRAIL_UNKNOWN
    if best < experiment.primary.minimum_effect:
        return Reason.FUTILE
    expected = experiment.expected_effect if experiment.planned_customers else None
    if expected is not None and not evidence.cleared and best < abs(expected):
        return Reason.BELOW_EXPECTED
    return Reason.COSTS if evidence.net is not None and _loses(experiment, evidence.net) else None


def best_case(experiment: Experiment, primary: Effect) -> float:
    """Return the end of the primary interval that is better for the customer's goal, counted towards the goal."""
    sign = experiment.primary.sign
    return max(sign * primary.low, sign * primary.high)


def _loss_agreed(experiment: Experiment) -> float:
    return experiment.value.loss_agreed if experiment.value else 0.0


def _loses(experiment: Experiment, net: Effect) -> bool:
    return net.high < -_loss_agreed(experiment)


def _paying(experiment: Experiment, arm: str, net: Effect | None) -> ArmVerdict:
    if net is not None and net.low > -_loss_agreed(experiment):
        return ArmVerdict(arm, Verdict.DEPLOY, Reason.PAYS)
    loses = net is not None and _loses(experiment, net)
    return ArmVerdict(arm, Verdict.WORKS, Reason.LOSES if loses else Reason.NOT_SHOWN_TO_PAY)


def decide(
    verdicts: tuple[ArmVerdict, ...], net: Mapping[tuple[str, str], Effect], costs: Mapping[str, float]
) -> Decision:
    """Choose among the arms: the highest net value, or the cheapest of those that cannot be told from it.

    Parameters
    ----------
    verdicts
        The verdict of every treated arm.
    net
        Net value a customer of one arm minus another, by (arm, versus), for the control and for every pair.
    costs
        Mean cost of contacts and offers a customer, by arm.
    """
    if any(one.verdict is Verdict.INVALID for one in verdicts):
        return Decision(Verdict.INVALID, None, verdicts)
    best = min((one.verdict for one in verdicts), key=rank)
    among = [one.arm for one in verdicts if one.verdict is best]
    if best is not Verdict.DEPLOY:
        return Decision(best, _working(verdicts) if best is Verdict.WORKS else None, verdicts)
    level = {arm: effect.level for (arm, _), effect in net.items()}
    top = max(among, key=lambda arm: level[arm])
    alike = [top, *(arm for arm in among if arm != top and net[top, arm].low <= 0)]
    chosen = min(alike, key=lambda arm: (round(costs[arm], CENTS), -level[arm]))
    return Decision(best, chosen, verdicts, tuple(arm for arm in alike if arm != chosen))


def _working(verdicts: tuple[ArmVerdict, ...]) -> str | None:
    """Return the one arm that works and may pay, or else the only one that works."""
    works = [one for one in verdicts if one.verdict is Verdict.WORKS]
    hopeful = [one for one in works if one.reason is not Reason.LOSES] or works
    return hopeful[0].arm if len(hopeful) == 1 else None
