"""What another way of choosing would have brought, from what was chosen at random and written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import listed
from cjlab.errors import EvidenceError, TableError
from cjlab.metrics._door import by_arm, clusters, labels, named, numbers, same_rows
from cjlab.metrics._estimate import Estimate, Measured, estimated, mean
from cjlab.metrics._study import levels, received
from cjlab.metrics._tabled import Tabled, measures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cjlab.metrics._door import Codes, Columns, Floats, Given

_LEAST = 30.0  # rows' worth of evidence
_APART = 6.0  # standard errors between the mean weight and 1
_SURE = 1e-9


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class PolicyValue(Tabled):
    """Mean outcome under a policy, by three estimates, and how much evidence stands behind them.

    Parameters
    ----------
    ips : Estimate
        Inverse propensity score: the mean of the weighted outcomes. Right on average, and the least certain.
    snips : Estimate
        Self-normalised: the same over the mean weight. A constant added to all outcomes is added to it.
    dr : Estimate
        Doubly robust: what ``expected`` says, put right by the weighted errors of the rows that followed the policy;
        without ``expected`` it is put right from each arm's weighted mean.
    n : int
        Count of rows.
    followed : int
        Count of rows that received an arm which the policy might have given them.
    effective : float
        How many rows, drawn by the policy itself, would be as much evidence (Kish): ``(Σw)² / Σw²``.
    largest_weight : float
        The largest weight of a row.

    Examples
    --------
    >>> import cjlab as cj
    >>> y, arm = [1.0, 0.0] * 50, ["mail", "none"] * 50
    >>> found = cj.metrics.policy_value(y, ["mail"] * 100, arm=arm, propensity=[0.5] * 100)
    >>> found.ips.estimate, found.effective
    (1.0, 50.0)
    """

    ips: Estimate
    snips: Estimate
    dr: Estimate
    n: int
    followed: int
    effective: float
    largest_weight: float

    def _columns(self) -> Mapping[str, Any]:
        found = {name: getattr(self, name) for name in ("ips", "snips", "dr")}
        evidence = ("n", "followed", "effective", "largest_weight")
        return measures(found, **{name: getattr(self, name) for name in evidence})


def policy_value(
    outcome: Given,
    policy: Columns,
    *,
    arm: Given,
    propensity: Columns,
    expected: Columns | None = None,
    customer: Given | None = None,
    confidence: float = 0.95,
) -> PolicyValue:
    r"""Mean outcome that a policy would have had on logged rows whose arms were drawn with known chances.

    With :math:`w_i = \pi(A_i | x_i) / p_i`, the policy's chance of the arm received over the logged one,

    .. math:: \mathrm{IPS} = \frac 1 n \sum_i w_i y_i, \qquad \mathrm{SNIPS} = \frac{\sum_i w_i y_i}{\sum_i w_i},
        \qquad \mathrm{DR} = \frac 1 n \sum_i \Bigl( \sum_a \pi(a | x_i) \mu_a(x_i) + w_i (y_i - \mu_{A_i}(x_i)) \Bigr)

    (Horvitz & Thompson 1952, doi:10.1080/01621459.1952.10483446; Swaminathan & Joachims 2015; Dudík et al. 2014,
    doi:10.1214/14-STS500). Intervals are normal, of the influence functions. A policy that was learned on these rows
    looks better than it is.

    Parameters
    ----------
    outcome : array_like
        What came of each row, ``(n,)``.
    policy : array_like, frame or mapping
        The arm that the policy gives each row, ``(n,)``; or one column (or number) an arm with its probability, adding
        up to 1 in each row.
    arm : array_like
        The arm that each row received, ``(n,)``.
    propensity : array_like, frame or mapping
        Probability of the arm received, ``(n,)``; or one column (or number) an arm.
    expected : frame or mapping, optional
        The outcome that a model, which did not learn from the row, expects under each arm: one column an arm.
    customer : array_like, optional
        The customer of each row, where one has several.
    confidence : float, default: 0.95
        Above 0 and below 1.

    Returns
    -------
    PolicyValue
        The three estimates and the evidence for them.

    Raises
    ------
    TableError
        When a column is missing, of another length, has other rows, or holds what is not allowed.
    EvidenceError
        When the log cannot tell: the policy gives an arm that rows could not have received, or too few rows received
        what the policy would give.

    Examples
    --------
    >>> import cjlab as cj
    >>> arm, y = ["mail", "mail", "none", "none"] * 20, [1.0, 0.0, 1.0, 1.0] * 20
    >>> half = cj.metrics.policy_value(y, {"mail": 0.5, "none": 0.5}, arm=arm, propensity={"mail": 0.5, "none": 0.5})
    >>> half.snips.estimate, half.effective
    (0.75, 80.0)
    """
    log = Logged.of(outcome, policy, arm=arm, propensity=propensity, expected=expected, customer=customer)
    first, second, third = (
        estimated(one, log.customer, confidence=confidence) for one in (log.ips(), log.snips(), log.dr())
    )
    return PolicyValue(
        ips=first,
        snips=second,
        dr=third,
        n=len(log.outcome),
        followed=int((log.weights > 0).sum()),
        effective=log.effective,
        largest_weight=float(log.weights.max()),
    )


@dataclass(frozen=True, slots=True)
class Logged:
    """Logged rows as a policy sees them: its weights over the logged chances, and what it would give, checked."""

    outcome: Floats
    codes: Codes
    weights: Floats
    wanted: Floats
    expected: Floats
    effective: float
    customer: Codes | None

    @classmethod
    def of(
        cls,
        outcome: Given,
        policy: Columns,
        *,
        arm: Given,
        propensity: Columns,
        expected: Columns | None = None,
        customer: Given | None = None,
    ) -> Logged:
        """Check the log, and whether it can tell of the policy."""
        same_rows(outcome=outcome, policy=policy, arm=arm, propensity=propensity, expected=expected, customer=customer)
        known = numbers(outcome, name="outcome")
        codes, arms = labels(arm, name="arm", n=len(known))
        chance, wanted = received(propensity, codes, arms), _wanted(policy, arms, len(known))
        whose = clusters(customer, len(known))
        _possible(propensity, arms, wanted)
        weights = wanted[np.arange(len(known)), codes] / chance
        effective = _enough(weights, whose)
        if expected is None:
            means = np.broadcast_to(levels(known, codes, chance, len(arms)), wanted.shape)
        else:
            means = by_arm(expected, arms, name="expected", n=len(known))
        return cls(known, codes, weights, wanted, means, effective, whose)

    def ips(self) -> Measured:
        """Measure the mean weighted outcome."""
        return mean(self.weights * self.outcome)

    def snips(self) -> Measured:
        """Measure the weighted mean outcome."""
        estimate = float(self.weights @ self.outcome / self.weights.sum())
        return Measured(estimate, self.weights * (self.outcome - estimate) / self.weights.mean())

    def dr(self) -> Measured:
        """Measure what is expected under the policy, put right by the weighted errors."""
        errors = self.outcome - self.expected[np.arange(len(self.codes)), self.codes]
        return mean((self.wanted * self.expected).sum(axis=1) + self.weights * errors)


def _wanted(policy: Columns, arms: tuple[Any, ...], n: int) -> Floats:
    """Return the policy's probability of each arm, ``(n, arms)``."""
    names = named(policy)
    if names is None:
        codes, chosen = labels(policy, name="policy", n=n)
        _unknown(chosen, arms)
        places = np.array([arms.index(one) for one in chosen])
        return np.asarray(np.eye(len(arms))[places[codes]])
    _unknown(names, arms)
    table = np.zeros((n, len(arms)))
    table[:, [arms.index(one) for one in names]] = by_arm(policy, names, name="policy", n=n)
    wrong = np.flatnonzero((table < 0).any(axis=1) | (np.abs(table.sum(axis=1) - 1) > _SURE))
    if len(wrong):
        raise TableError(
            f"policy has {table[wrong[0]].tolist()} in row {wrong[0]}; give probabilities that add up to 1 over arms"
        )
    return table


def _unknown(names: Iterable[object], arms: tuple[Any, ...]) -> None:
    never = [one for one in names if one not in arms]
    if never:
        raise EvidenceError(
            f"policy gives {listed(never)}, which no row received; the log tells of {listed(arms)} alone"
        )


def _possible(propensity: Columns, arms: tuple[Any, ...], wanted: Floats) -> None:
    """Refuse a policy that gives what a row could not have received, where the log says what was possible."""
    if named(propensity) is None:
        return
    chances = by_arm(propensity, arms, name="propensity", n=len(wanted))
    never = (chances <= 0) & (wanted > 0)
    if never.any():
        row, column = np.argwhere(never)[0]
        raise EvidenceError(
            f"policy gives {arms[column]!r} to {int(never.any(axis=1).sum())} of {len(wanted)} rows that could not "
            f"have received it (propensity 0), the first of them row {row}; the log tells nothing of that"
        )


def _enough(weights: Floats, customer: Codes | None) -> float:
    """Return how many rows' worth of evidence there is; refuse too little, and weights that miss part of the rows."""
    sums = weights if customer is None else np.bincount(customer, weights=weights)
    effective = float(sums.sum() ** 2 / (sums @ sums)) if sums.any() else 0.0
    if effective < _LEAST:
        raise EvidenceError(
            f"{int((weights > 0).sum())} of {len(weights)} rows received what the policy would give, worth "
            f"{effective:.1f} rows of evidence; at least {_LEAST:.0f} are needed: ask for a policy nearer to the "
            "logged one, or log more rows at random"
        )
    excess = weights - 1 if customer is None else np.bincount(customer, weights=weights - 1)
    if abs(excess.sum()) > _APART * np.sqrt(excess @ excess) and abs(excess.sum()) > len(weights) / 100:
        raise EvidenceError(
            f"the weights have the mean {weights.mean():.3f} where 1 is due: the propensities are not those of the "
            "arms received, or the policy gives arms to rows that could never receive them; leave such rows out"
        )
    return effective
