"""The decision: the verdict of each arm with its reason, and what the test says to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from cjlab._checks import one_of

if TYPE_CHECKING:
    from collections.abc import Mapping


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
    CONTAMINATED = "customers who were to be left alone were contacted"
    NOT_SENT = "an arm that was to be contacted was sent nothing"
    IMMATURE = "the horizon has not passed for enough customers"
    SMALL = "the planned size is not reached"
    GUARDRAIL = "a guardrail is broken"
    HARM = "it makes the primary metric worse"
    PAYS = "it works and pays"
    NOT_SHOWN_TO_PAY = "it works, and is not shown to pay"
    LOSES = "it works, and costs more than it brings"
    FUTILE = "it does less than the least effect worth having"
    BELOW_EXPECTED = "it does less than the test was planned to find"
    COSTS = "it costs more than it brings, whatever else is found"
    UNDECIDED = "the interval holds both enough and too little"
    GUARDRAIL_OPEN = "it works, and a guardrail is not yet shown to be held"
    GUARDRAIL_UNKNOWN = "it works, and a guardrail cannot be measured"


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
        The arm it is about: the one to deploy, or the one that works and may pay; None for the others, and where
        several arms work alike.
    arms : tuple of ArmVerdict
        The verdict of every treated arm, in the order declared.
    tied : tuple of str
        Deployable arms that cannot be told from the best in net value: the interval of the difference contains 0, and
        the cheapest was taken, or among the equally cheap the one with the highest net value.

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

    @property
    def open(self) -> tuple[str, ...]:
        """The arms on which the test goes on.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> test.read_out(cj.datasets.promotion_test(n_customers=600)).decision.open
        ('reminder', 'discount')
        """
        return tuple(one.arm for one in self.arms if one.verdict is Verdict.KEEP_TESTING)

    @property
    def stopped(self) -> tuple[str, ...]:
        """The arms that are not to be deployed.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> test.read_out(cj.datasets.promotion_test()).decision.stopped
        ()
        """
        return tuple(one.arm for one in self.arms if one.verdict is Verdict.DO_NOT_DEPLOY)

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


_BEST_FIRST = (Verdict.DEPLOY, Verdict.WORKS, Verdict.KEEP_TESTING, Verdict.DO_NOT_DEPLOY, Verdict.INVALID)
CENTS = 9  # decimals of a mean cost below which two arms cost the same


def rank(verdict: Verdict) -> int:
    """Return the place of a verdict among all, the best first."""
    return _BEST_FIRST.index(verdict)


def alike_in_cost(costs: Mapping[str, float], arm: str, other: str) -> bool:
    """Say whether two arms cost the same a customer."""
    return round(costs[arm], CENTS) == round(costs[other], CENTS)
