"""What a challenge is decided on: customers whose arm was drawn by chance, and of whom it is known what came."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import finite, listed
from cjlab.errors import SpecError, TableError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Evidence:
    """Rows of decisions with known chances and mature outcomes.

    Parameters
    ----------
    X : pandas.DataFrame
        Features as of the decision, ``(n, features)``, those of every model that is compared.
    outcome : array_like
        What came of each row, ``(n,)``, mature: a row still pending does not belong here.
    arm : array_like
        What each got, ``(n,)``.
    control : object
        Which arm is no contact.
    propensity : DataFrame or mapping
        The chance of every arm, one column (or number) an arm; 0 of an arm that a customer could not have received.
    value : float, default: 1.0
        What one unit of the outcome is worth, in currency.
    costs : mapping of arm to float, optional
        What a contact costs, in currency; 0 for arms that are not named.
    segment : array_like, optional
        The segment of each row, ``(n,)``: in none of them may a challenger be worse.
    customer : array_like, optional
        Whose each row is, where one customer has several.
    since : datetime.datetime, optional
        When the first of these decisions was taken; a model that learnt from later rows has seen them.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> arm = np.array(["none", "mail"] * 50)
    >>> known = cj.loop.Evidence(
    ...     X=pd.DataFrame({"age": np.arange(100.0)}), outcome=np.arange(100) % 3 == 0, arm=arm, control="none",
    ...     propensity={"none": 0.5, "mail": 0.5}, costs={"mail": 0.1},
    ... )
    >>> known.n, known.treated
    (100, ('mail',))
    """

    X: pd.DataFrame
    outcome: Floats
    arm: NDArray[Any]
    control: Any
    propensity: pd.DataFrame | Mapping[Any, float]
    value: float = 1.0
    costs: Mapping[Any, float] | None = None
    segment: NDArray[Any] | None = None
    customer: NDArray[Any] | None = None
    since: dt.datetime | None = None

    def __post_init__(self) -> None:
        """Take what came in as arrays, and check that it belongs together."""
        for name in ("outcome", "arm", "segment", "customer"):
            given = getattr(self, name)
            if given is not None:
                object.__setattr__(self, name, np.asarray(given))
                if len(np.asarray(given)) != len(self.X):
                    raise TableError(f"{name} has {len(given):,} rows and X has {len(self.X):,}; give one value a row")
        object.__setattr__(self, "outcome", self.outcome.astype(np.float64))
        if self.control not in set(self.arm.tolist()):
            raise TableError(f"control is {self.control!r}; the arms are {listed(sorted(set(self.arm.tolist())))}")
        unknown = [name for name in self.costs or {} if name not in self.treated]
        if unknown:
            raise SpecError(f"costs names {listed(unknown)}; the treated arms are {listed(self.treated)}")
        finite(self.value, name="value")

    @property
    def n(self) -> int:
        """Count of rows.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> half = {"none": 0.5, "mail": 0.5}
        >>> cj.loop.Evidence(pd.DataFrame({"age": [30.0, 40.0]}), [1, 0], ["none", "mail"], "none", half).n
        2
        """
        return len(self.X)

    @cached_property
    def treated(self) -> tuple[Any, ...]:
        """The arms that are contacts, in the order of their names.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> half = {"none": 0.5, "mail": 0.5}
        >>> cj.loop.Evidence(pd.DataFrame({"age": [30.0, 40.0]}), [1, 0], ["none", "mail"], "none", half).treated
        ('mail',)
        """
        return tuple(sorted({one for one in self.arm.tolist() if one != self.control}))

    @property
    def net(self) -> Floats:
        """What each row brought, its contact paid, in currency: ``(n,)``.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> X, half = pd.DataFrame({"age": [30.0, 40.0]}), {"none": 0.5, "mail": 0.5}
        >>> cj.loop.Evidence(X, [5.0, 5.0], ["none", "mail"], "none", half, costs={"mail": 0.5}).net.tolist()
        [5.0, 4.5]
        """
        costs = self.costs or {}
        paid = np.array([float(costs.get(one, 0.0)) for one in self.arm.tolist()])
        found: Floats = self.value * self.outcome - paid
        return found


def allowed(known: Evidence) -> pd.DataFrame:
    """Return which treated arms each row could have received, one column an arm."""
    import pandas as pd

    chances: Any = known.propensity
    return pd.DataFrame(
        {name: np.broadcast_to(np.asarray(chances[name]) > 0, known.n) for name in known.treated}, index=known.X.index
    )


def pair(known: Evidence, arm: Any) -> Evidence:  # noqa: ANN401 - the name of an arm
    """Return the rows that got an arm or none and could have got either, with the chances between these two."""
    import pandas as pd

    able = allowed(known)[arm].to_numpy()
    if able.all():
        return known
    own = part(known, able & np.isin(known.arm, (arm, known.control)))
    chances: Any = own.propensity
    among = chances[[known.control, arm]].to_numpy(np.float64)
    two = pd.DataFrame(among / among.sum(axis=1, keepdims=True), own.X.index, [known.control, arm])
    return replace(own, propensity=two)


def part(known: Evidence, those: NDArray[np.bool_]) -> Evidence:
    """Return some rows of the evidence."""
    chance: Any = known.propensity
    arms = set(known.arm[those].tolist())
    return replace(
        known,
        costs={name: cost for name, cost in (known.costs or {}).items() if name in arms},
        X=known.X[those],
        outcome=known.outcome[those],
        arm=known.arm[those],
        propensity=chance[those] if hasattr(chance, "iloc") else chance,
        segment=None if known.segment is None else known.segment[those],
        customer=None if known.customer is None else known.customer[those],
    )


def together(parts: Sequence[Evidence]) -> Evidence:
    """Return the rows of several, one below the other, numbered anew; what holds for all is the first one's."""
    import pandas as pd

    first = parts[0]
    arms = [first.control, *sorted({name for one in parts for name in one.treated})]
    chances: list[Any] = [one.propensity for one in parts]
    spread = [
        pd.DataFrame({name: np.broadcast_to(np.asarray(chance[name]), one.n) for name in arms})
        for one, chance in zip(parts, chances, strict=True)
    ]
    whole: dict[str, Any] = {}
    for name in ("segment", "customer"):
        given = [getattr(one, name) for one in parts]
        whole[name] = None if any(one is None for one in given) else np.concatenate(given)
    return replace(
        first,
        X=pd.concat([one.X for one in parts], ignore_index=True),
        outcome=np.concatenate([one.outcome for one in parts]),
        arm=np.concatenate([one.arm for one in parts]),
        propensity=pd.concat(spread, ignore_index=True),
        costs={name: cost for one in parts for name, cost in (one.costs or {}).items()},
        **whole,
    )


def drawn(known: Evidence) -> dict[str, Any]:
    """Return the draws as measures of cj.metrics take them."""
    return {"arm": known.arm, "propensity": known.propensity, "customer": known.customer}
