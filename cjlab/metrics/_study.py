"""A test seen row by row: what each customer's own outcome says about the effect of each arm on customers like him."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import listed, shown
from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.metrics._door import by_arm, clusters, labels, member, named, numbers, same_rows

if TYPE_CHECKING:
    from cjlab.metrics._door import Codes, Columns, Floats, Given

_APART = 6.0  # standard errors between a total of weights and the customers that it stands for


@dataclass(frozen=True, slots=True)
class Study:
    """Outcomes, arms and the chances with which they were chosen, checked.

    ``propensity`` is (n,) of the arm received; ``expected`` (n, arms) the outcome expected under each arm.
    """

    outcome: Floats
    codes: Codes
    arms: tuple[Any, ...]
    control: int
    propensity: Floats
    expected: Floats
    customer: Codes | None

    @classmethod
    def of(
        cls,
        outcome: Given,
        *,
        arm: Given,
        control: object,
        propensity: Columns,
        expected: Columns | None = None,
        customer: Given | None = None,
        **others: object,
    ) -> Study:
        """Check the arguments of a measure of effects."""
        same_rows(outcome=outcome, arm=arm, propensity=propensity, expected=expected, customer=customer, **others)
        known = numbers(outcome, name="outcome")
        codes, arms = labels(arm, name="arm", n=len(known))
        place = member(control, arms, name="control")
        if len(arms) == 1:
            raise EvidenceError(f"every row has the arm {arms[0]!r}; an effect needs treated rows and control rows")
        chance = received(propensity, codes, arms)
        whose = clusters(customer, len(known))
        _weighed(chance, codes, arms, customer=whose)
        means = np.broadcast_to(levels(known, codes, chance, len(arms)), (len(known), len(arms)))
        table = means if expected is None else by_arm(expected, arms, name="expected", n=len(known))
        return cls(known, codes, arms, place, chance, table, whose)

    @property
    def n(self) -> int:
        """Count of rows."""
        return len(self.outcome)

    def level(self, arm: int) -> Floats:
        r"""Return what each row says about the outcome under an arm, right on average: :math:`(n,)`.

        :math:`\mu_a(x_i) + 1\{A_i = a\} (y_i - \mu_a(x_i)) / p_i`.
        """
        expected = self.expected[:, arm]
        return expected + np.where(self.codes == arm, (self.outcome - expected) / self.propensity, 0.0)

    def effect(self, arm: int) -> Floats:
        """Return what each row says about the effect of an arm against the control."""
        return self.level(arm) - self.level(self.control)

    def treated(self, name: object) -> int:
        """Return the place of the arm that is meant: the one named, or the only treated one."""
        others = [one for place, one in enumerate(self.arms) if place != self.control]
        if name is not None:
            place = member(name, self.arms, name="treated")
            if place == self.control:
                raise SpecError(f"treated is {name!r}, which is the control; give one of {listed(others)}")
            return place
        if len(others) > 1:
            raise SpecError(
                f"there are {len(others)} treated arms, {listed(others)}; say which one the score is for, such as "
                f"treated={others[0]!r}, or give a frame of scores with one column a treated arm"
            )
        return self.arms.index(others[0])


def received(propensity: Columns, codes: Codes, arms: tuple[Any, ...]) -> Floats:
    """Return the probability of the arm that each row received, above 0 and at most 1."""
    if named(propensity) is not None:
        chance = by_arm(propensity, arms, name="propensity", n=len(codes))[np.arange(len(codes)), codes]
    elif np.ndim(propensity) == 2:  # noqa: PLR2004 - rows and columns, which do not say whose they are
        chance = by_arm(propensity, arms, name="propensity", n=len(codes))[:, 0]
    elif propensity is None or np.ndim(propensity) == 0:
        raise TableError(
            f"propensity is {shown(propensity)}; give the probability with which each row got the arm it received, "
            f"(n,), or a frame or mapping with one entry an arm, such as {{{arms[0]!r}: {1 / len(arms):.3g}, …}}"
        )
    else:
        chance = numbers(propensity, name="propensity", n=len(codes))
    wrong = np.flatnonzero((chance <= 0) | (chance > 1))
    if len(wrong):
        raise TableError(
            f"propensity is {chance[wrong[0]]:g} in row {wrong[0]}, whose arm is {arms[codes[wrong[0]]]!r}; the "
            "probability of the arm received lies above 0 and is at most 1"
        )
    return chance


def _weighed(chance: Floats, codes: Codes, arms: tuple[Any, ...], *, customer: Codes | None) -> None:
    """Refuse propensities that cannot be those of the arms received: each arm must stand for all customers."""
    n = len(codes)
    for code, arm in enumerate(arms):
        excess = np.where(codes == code, 1 / chance, 0.0) - 1
        sums = excess if customer is None else np.bincount(customer, weights=excess)
        if abs(sums.sum()) > _APART * np.sqrt(sums @ sums) and abs(sums.sum()) > n / 100:
            raise EvidenceError(
                f"propensity does not fit arm {arm!r}: its {int((codes == code).sum())} rows, each weighted by 1 / "
                f"propensity, stand for {excess.sum() + n:.0f} of {n} rows; give each row the probability of the arm "
                "that it received (of the control, where it received the control), and only rows that could have "
                "received any of the arms"
            )


def levels(outcome: Floats, codes: Codes, chance: Floats, arms: int) -> Floats:
    """Return the weighted mean outcome of each arm."""
    weights = np.bincount(codes, weights=1 / chance, minlength=arms)
    return np.bincount(codes, weights=outcome / chance, minlength=arms) / weights
