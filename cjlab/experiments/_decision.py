"""The decision: a rule agreed beforehand, applied to each arm, first match wins."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from cjlab._checks import one_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjlab.experiments._effect import Effect
    from cjlab.experiments._experiment import Experiment
    from cjlab.experiments._guardrail import Guardrail
    from cjlab.experiments._soundness import Soundness


class Verdict(StrEnum):  # numpydoc ignore=PR01, the signature is that of any enum
    """What to do with an arm, or with the test.

    Examples
    --------
    >>> import cjlab as cj
    >>> ", ".join(cj.experiments.Verdict)
    'deploy, works, not shown to pay, keep testing, do not deploy, invalid'
    """

    DEPLOY = "deploy"
    WORKS = "works, not shown to pay"
    KEEP_TESTING = "keep testing"
    DO_NOT_DEPLOY = "do not deploy"
    INVALID = "invalid"


class Reason(StrEnum):  # numpydoc ignore=PR01, the signature is that of any enum
    """Why: the rule that matched.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.experiments.Reason("the planned size is not reached")
    <Reason.SMALL: 'the planned size is not reached'>
    """

    SAMPLE_RATIO = "the split is not the planned one"
    CONTAMINATED = "control customers were contacted"
    IMMATURE = "the horizon has not passed for enough customers"
    SMALL = "the planned size is not reached"
    GUARDRAIL = "a guardrail is broken"
    HARM = "it makes the primary metric worse"
    PAYS = "it works and pays"
    NOT_SHOWN_TO_PAY = "it works, and is not shown to pay"
    LOSES = "it works, and costs more than it brings"
    FUTILE = "it does less than the least effect worth having"
    UNDECIDED = "the interval holds both enough and too little"
    GUARDRAIL_OPEN = "it works, and a guardrail is not yet shown to be held"


@dataclass(frozen=True, slots=True)
class ArmVerdict:
    """What the rule says of one arm.

    Parameters
    ----------
    arm : str
        The arm.
    verdict : Verdict
        What to do.
    reason : Reason
        The rule that matched.
    needed : int, optional
        Customers an arm still needed for a verdict; None where no number of them is known to bring one.
    """

    arm: str
    verdict: Verdict
    reason: Reason
    needed: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the test says to do.

    Parameters
    ----------
    verdict : Verdict
        The best verdict of any arm.
    arm : str or None
        The arm it is about: the one to deploy, or the one that works; None for the others.
    arms : tuple of ArmVerdict
        The verdict of every treated arm, in the order declared.
    tied : tuple of str
        Deployable arms that cannot be told from the best in net value: the interval of the difference contains 0, and
        the cheaper was taken.

    Examples
    --------
    >>> import cjlab as cj
    >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
    >>> decision = test.read_out(cj.datasets.promotion_test()).decision
    >>> decision.verdict, decision.arm
    (<Verdict.DEPLOY: 'deploy'>, 'reminder')
    """

    verdict: Verdict
    arm: str | None
    arms: tuple[ArmVerdict, ...]
    tied: tuple[str, ...] = ()

    def of(self, arm: str) -> ArmVerdict:
        """Return the verdict of one arm.

        Parameters
        ----------
        arm : str
            A treated arm's name.

        Returns
        -------
        ArmVerdict
            Its verdict, with the rule that matched.

        Raises
        ------
        SpecError
            When the test has no such treated arm.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> test.read_out(cj.datasets.promotion_test()).decision.of("discount").reason.value
        'it works, and costs more than it brings'
        """
        one_of(arm, [one.arm for one in self.arms], name="arm")
        return next(one for one in self.arms if one.arm == arm)


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
    harm = _harm(experiment, evidence)
    if harm is not None:
        return ArmVerdict(arm, Verdict.DO_NOT_DEPLOY, harm)
    if evidence.cleared and all(one.held for one in evidence.guardrails):
        return _paying(experiment, arm, evidence.net)
    if _best_case(experiment, evidence) < experiment.primary.minimum_effect:
        return ArmVerdict(arm, Verdict.DO_NOT_DEPLOY, Reason.FUTILE)
    reason = Reason.GUARDRAIL_OPEN if evidence.cleared else Reason.UNDECIDED
    return ArmVerdict(arm, Verdict.KEEP_TESTING, reason, evidence.needed)


def _harm(experiment: Experiment, evidence: ArmEvidence) -> Reason | None:
    if any(one.broken for one in evidence.guardrails):
        return Reason.GUARDRAIL
    return Reason.HARM if _best_case(experiment, evidence) < 0 else None


def _best_case(experiment: Experiment, evidence: ArmEvidence) -> float:
    """Return the end of the primary interval that is better for the customer's goal, counted towards the goal."""
    sign = experiment.primary.sign
    return max(sign * evidence.primary.low, sign * evidence.primary.high)


def _paying(experiment: Experiment, arm: str, net: Effect | None) -> ArmVerdict:
    loss = experiment.value.loss_agreed if experiment.value else 0.0
    if net is not None and net.low > -loss:
        return ArmVerdict(arm, Verdict.DEPLOY, Reason.PAYS)
    loses = net is not None and net.high < -loss
    return ArmVerdict(arm, Verdict.WORKS, Reason.LOSES if loses else Reason.NOT_SHOWN_TO_PAY)


_BEST_FIRST = (Verdict.DEPLOY, Verdict.WORKS, Verdict.KEEP_TESTING, Verdict.DO_NOT_DEPLOY, Verdict.INVALID)


def decide(
    verdicts: tuple[ArmVerdict, ...], net: Mapping[tuple[str, str], Effect], costs: Mapping[str, float]
) -> Decision:
    """Choose among the arms: the highest net value, or the cheaper of those that cannot be told from it.

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
    best = next(verdict for verdict in _BEST_FIRST if any(one.verdict is verdict for one in verdicts))
    among = [one.arm for one in verdicts if one.verdict is best]
    if best is not Verdict.DEPLOY:
        return Decision(best, among[0] if best is Verdict.WORKS and len(among) == 1 else None, verdicts)
    level = {arm: effect.level for (arm, _), effect in net.items()}
    top = max(among, key=lambda arm: level[arm])
    alike = [arm for arm in among if arm != top and net[top, arm].low <= 0]
    chosen = min([top, *alike], key=lambda arm: (costs[arm], -level[arm]))
    return Decision(best, chosen, verdicts, tuple(arm for arm in [top, *alike] if arm != chosen))
