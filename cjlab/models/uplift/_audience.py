"""Whom a contact is for: four kinds of customers, what each brings, and what more and more contacts bring."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cjlab._checks import finite, listed, shown
from cjlab._display import Shown
from cjlab.errors import SpecError
from cjlab.metrics import profit_curve, uplift_by_decile
from cjlab.models._door import framed
from cjlab.models.uplift._choose import choose
from cjlab.models.uplift._design import Design
from cjlab.models.uplift._folds import folds
from cjlab.models.uplift._how import How
from cjlab.models.uplift._nuisances import scores
from cjlab.models.uplift._race import RESPONSE
from cjlab.models.uplift._tried import tried
from cjlab.models.uplift._unseen import unseen
from cjlab.models.uplift._uplift import Uplift

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.metrics import Curve
    from cjlab.models.uplift._choice import Choice
    from cjlab.models.uplift._trial import Trial

    Floats = NDArray[np.float64]

KINDS: Final = ("contact", "anyway", "nothing", "disturb")
_PARTS, _FEWEST = 5, 50


@dataclass(frozen=True, eq=False, repr=False)
class Audience(Shown):
    """Whom one arm is for, at a value and a cost; everything by models that have not seen the customer.

    Parameters
    ----------
    arm, control : object
        What is sent, and no contact.
    customers : int
        How many were in the test, of the two arms.
    value, cost : float
        What a unit of the outcome is worth, and what a contact costs, in currency.
    choice : Choice
        The race of no one, everyone, the response model and the uplift model.
    kinds : pandas.DataFrame
        Indexed by ``"contact"`` (the effect is worth more than it costs), ``"disturb"`` (a loss worth more than that),
        and between them ``"anyway"`` (an outcome above the average without contact) and ``"nothing"`` (below it):
        ``customers``, ``share``, what was measured on them: ``effect``, ``low``, ``high``, and per contact ``net``,
        ``net_low``, ``net_high`` in currency; NaN of fewer than 50.
    curve, today : Curve
        What contacting the best share of the customers brings in all, over no contact, in currency: best by the model,
        and by how likely they are to buy.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> rng = np.random.default_rng(0)
    >>> X, arm = pd.DataFrame({"age": rng.normal(45, 12, 4_000)}), rng.choice(["none", "mail"], 4_000)
    >>> y = rng.normal(0, 1, 4_000) + (arm == "mail") * (X["age"] - 45) / 12
    >>> given = {"arm": arm, "control": "none", "propensity": {"none": 0.5, "mail": 0.5}}
    >>> found = cj.models.Audience.of(X, y, treated="mail", value=2.0, cost=0.5, **given)
    >>> found.choice.chosen, bool(found.kinds.loc["disturb", "high"] < 0)
    ('model', True)
    """

    arm: Any
    control: Any
    customers: int
    value: float
    cost: float
    choice: Choice
    kinds: pd.DataFrame
    curve: Curve
    today: Curve

    @classmethod
    def of(  # noqa: PLR0913 - a test is outcomes, arms and the chances of them
        cls,
        X: object,
        y: object,
        *,
        arm: object,
        control: object,
        treated: object,
        propensity: object,
        value: float = 1.0,
        cost: float = 0.0,
        model: Uplift | None = None,
        seed: int = 0,
    ) -> Audience:
        """Find out whom an arm is for.

        Parameters
        ----------
        X : DataFrame or array
            Features.
        y : array
            ``(n,)`` outcomes.
        arm : array
            ``(n,)`` the arm each got; customers of other arms than the two are left out.
        control : object
            No contact.
        treated : object
            What is sent.
        propensity : array, DataFrame, mapping or "estimated"
            The probability of every arm, as :meth:`Uplift.fit` takes it.
        value : float, default: 1.0
            What a unit of the outcome is worth, in currency.
        cost : float, default: 0.0
            What a contact costs, in currency.
        model : Uplift, optional
            Which model; by default ``Uplift()``.
        seed : int, default: 0
            Of the parts of customers.

        Returns
        -------
        Audience
            The four kinds, the curves and the choice.

        Raises
        ------
        SpecError, TableError, EvidenceError
            As :meth:`Uplift.fit` and :func:`choose`; and when ``treated`` is no treated arm.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> rng = np.random.default_rng(0)
        >>> X, arm = rng.normal(size=(900, 2)), rng.choice(["none", "mail"], 900)
        >>> given = {"arm": arm, "control": "none", "propensity": {"none": 0.5, "mail": 0.5}}
        >>> cj.models.Audience.of(X, rng.normal(size=900), treated="mail", **given).choice.chosen
        'no one'
        """
        how = How(boosted=False, parts=_PARTS, seed=seed)
        frame, _ = framed(X)
        every = tried(frame, y, Design.learn(frame)[1], how, arm=arm, control=control, propensity=propensity)
        frame, trial = _pair(frame, every, treated)
        worth, price = finite(value, name="value"), finite(cost, name="cost")
        made = Design.learn(frame)[1]
        part = folds(trial, _PARTS, seed=seed)
        level, _ = scores(made, trial, part)
        effect = unseen(model or Uplift(), frame, trial, part)[:, 0]
        said = np.array([control, treated])[trial.code]
        chances = dict(zip((control, treated), trial.every("an audience").T, strict=True))
        told: dict[str, Any] = {"arm": said, "control": control, "propensity": chances, "customer": trial.customer}
        told |= {"expected": dict(zip((control, treated), level.T, strict=True)), "value": worth, "cost": price}
        likely = unseen(Uplift(RESPONSE), frame, trial, part)[:, 0]
        return cls(
            treated,
            control,
            len(frame),
            worth,
            price,
            choose(
                frame,
                trial.outcome,
                arm=said,
                control=control,
                propensity=_columns(chances, frame),
                value=worth,
                costs={treated: price},
                contenders={"model": model or Uplift()},
                customer=trial.customer,
                seed=seed,
            ),
            _kinds(trial, effect, level, worth=worth, cost=price),
            profit_curve(trial.outcome, effect, **told).curve,
            profit_curve(trial.outcome, likely, **told).curve,
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the four kinds.

        Returns
        -------
        pandas.DataFrame
            ``kinds``.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> rng = np.random.default_rng(0)
        >>> X, arm = rng.normal(size=(900, 2)), rng.choice(["none", "mail"], 900)
        >>> given = {"arm": arm, "control": "none", "propensity": {"none": 0.5, "mail": 0.5}}
        >>> cj.models.Audience.of(X, rng.normal(size=900), treated="mail", **given).to_frame().index.tolist()
        ['contact', 'anyway', 'nothing', 'disturb']
        """
        return self.kinds


def _pair(frame: pd.DataFrame, every: Trial, treated: object) -> tuple[pd.DataFrame, Trial]:
    """Keep the customers of the two arms, with the probability of each among the two."""
    if treated not in every.names:
        raise SpecError(f"treated is {shown(treated)}; the treated arms are {listed(every.names)}")
    place = 1 + every.names.index(treated)
    rows = np.flatnonzero((every.code == 0) | (every.code == place))
    chance = every.every("an audience")[rows][:, [0, place]]
    chance = chance / chance.sum(axis=1, keepdims=True)
    code = (every.code[rows] == place).astype(np.intp)
    received = np.take_along_axis(chance, code[:, None], axis=1)[:, 0]
    some = replace(every.rows(rows), names=(treated,), code=code, chances=chance, received=received)
    return frame.iloc[rows], some


def _kinds(trial: Trial, effect: Floats, level: Floats, *, worth: float, cost: float) -> pd.DataFrame:
    """Count the four kinds, and measure the effect on each."""
    import pandas as pd

    pays = worth * effect > cost
    harmed = ~pays & (worth * effect < -cost)  # a little below 0 is chance as often as harm
    likely = level[:, 0] >= level[:, 0].mean()
    kinds = (pays, ~pays & ~harmed & likely, ~pays & ~harmed & ~likely, harmed)
    lines = [_measured(trial, level, np.flatnonzero(those), worth, cost) for those in kinds]
    return pd.DataFrame(lines, index=pd.Index(KINDS, name="kind"))


def _measured(trial: Trial, level: Floats, rows: NDArray[np.intp], worth: float, cost: float) -> dict[str, float]:
    found = {"customers": float(len(rows)), "share": len(rows) / len(trial.code)}
    ends = dict.fromkeys(("effect", "low", "high"), float("nan"))
    if len(rows) >= _FEWEST and 0 < trial.code[rows].mean() < 1:
        some, chance = trial.rows(rows), trial.every("an audience")[rows]
        told = uplift_by_decile(
            some.outcome,
            np.zeros(len(rows)),
            arm=some.code,
            control=0,
            propensity=dict(enumerate(chance.T)),
            groups=1,
            expected=dict(enumerate(level[rows].T)),
            customer=some.customer,
        )
        ends = {name: float(getattr(told, name)[0]) for name in ends}
    net = {name: worth * ends[end] - cost for name, end in zip(("net", "net_low", "net_high"), ends, strict=True)}
    return {**found, **ends, **net}


def _columns(chances: dict[Any, Floats], frame: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(chances, index=frame.index)
