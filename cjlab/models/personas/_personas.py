"""Personas: a few groups of customers by rules that a person can read, found again in other samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import texts, whole, within
from cjlab.errors import EvidenceError, SpecError
from cjlab.models._door import dates, framed
from cjlab.models._named import Named
from cjlab.models._taught import Taught, days
from cjlab.models.personas._asked import Asked, Split
from cjlab.models.personas._facts import facts
from cjlab.models.personas._portraits import Portraits, portraits
from cjlab.models.personas._stability import Stability, stability
from cjlab.models.personas._tree import Tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.models._card import Facts

_SETTINGS = ("most", "least", "stable", "resamples", "seed")
_LEARNED = ("asked", "tree", "stability", "names")
_FEWEST = 100


class Personas(Named):
    """A few groups of customers, each with a rule that a person can read; everybody is in exactly one.

    Customers are split in two where that takes most of the differences between them away, all features on one scale,
    again and again, at numbers that are easily said (after Blockeel, De Raedt & Ramon 1998, "Top-down induction of
    clustering trees"). How many personas there are is decided by whether they are found again: in samples of the
    customers, drawn with replacement, the groups are grown anew, everybody is put into them, and the two groupings are
    compared by the adjusted Rand index (Hubert & Arabie 1985, doi:10.1007/BF01908075; 1: the same, 0: as by chance).
    The largest number, up to ``most``, whose mean index is at least ``stable`` is kept.

    A persona is a description of what goes together. Whether its customers answer differently is for a test to tell.

    Parameters
    ----------
    most : int, default: 6
        How many personas there may be.
    least : float, default: 0.05
        The share of customers that each must have, before its cut is rounded.
    stable : float, default: 0.8
        The mean adjusted Rand index that is enough.
    resamples : int, default: 30
        How many samples.
    seed : int, default: 0
        Of the samples.

    Attributes
    ----------
    rules : tuple of str
        The rule of each persona.
    names : tuple of str
        What each is called: its rule, unless :meth:`named` says otherwise.
    stability : Stability
        The index for each number of personas.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> draw = np.random.default_rng(0)
    >>> orders = np.r_[draw.poisson(1.0, 300), draw.poisson(12.0, 200)]
    >>> X = pd.DataFrame({"orders": orders, "visits": 3 * orders + draw.poisson(2.0, 500)})
    >>> cj.models.Personas(most=2).fit(X).rules
    ('orders at most 6', 'orders 7 or more')
    """

    asked: Asked
    tree: Tree
    stability: Stability
    names: tuple[str, ...]
    taught: Taught = Taught()

    def __init__(
        self, *, most: int = 6, least: float = 0.05, stable: float = 0.8, resamples: int = 30, seed: int = 0
    ) -> None:
        self.most = most
        self.least = least
        self.stable = stable
        self.resamples = resamples
        self.seed = seed

    def fit(self, X: Any, y: object = None) -> Personas:  # noqa: ANN401 - a table of any kind
        """Find personas.

        Parameters
        ----------
        X : DataFrame
            Features of customers, a row each: numbers, flags, categories, missing values as they come.
        y : object
            Not used.

        Returns
        -------
        Personas
            Itself.

        Raises
        ------
        SpecError
            When a setting is out of range.
        EvidenceError
            When there are fewer than 100 customers, or not even two groups are found again.

        Examples
        --------
        >>> import numpy as np, pandas as pd, cjlab as cj
        >>> X = pd.DataFrame({"orders": np.r_[np.zeros(300), np.full(200, 9)]})
        >>> cj.models.Personas().fit(X).rules
        ('orders at most 4', 'orders 5 or more')
        """
        del y
        self._require_sense()
        asked, values, told = Asked.learn(X)
        if len(values) < _FEWEST:
            raise EvidenceError(f"{len(values)} customers are too few for personas; give at least {_FEWEST}")
        found = stability(values, told, most=self.most, least=self.least, resamples=self.resamples, seed=self.seed)
        groups = found.kept(self.stable)
        if groups == 0:
            raise EvidenceError(
                f"no grouping is found again in other samples (the best index is {found.mean.max(initial=0.0):.2f}, of "
                f"at least {self.stable:g}): these customers do not fall into groups by these features; give others"
            )
        self.asked, self.stability = asked, found
        self.taught = Taught(len(values), len(values), dates=days(dates(X)))
        self.tree = Tree.grown(values, told, groups=groups, least=self.least)
        self.names = self.rules
        return self

    def _require_sense(self) -> None:
        for name, least, most in (("most", 2, 20), ("resamples", 5, 10_000), ("seed", 0, 10**12)):
            whole(getattr(self, name), name=name, least=least, most=most)
        within(self.stable, 0, 1, name="stable")
        within(self.least, 0, 0.5, name="least")

    @property
    def rules(self) -> tuple[str, ...]:
        """The rule of each persona, in words.

        Examples
        --------
        >>> import numpy as np, pandas as pd, cjlab as cj
        >>> X = pd.DataFrame({"zone": ["north"] * 150 + ["south"] * 150})
        >>> cj.models.Personas().fit(X).rules
        ('zone is not south', 'zone is south')
        """
        return tuple(" and ".join(one.said for one in splits) for splits in self.splits)

    @property
    def splits(self) -> tuple[tuple[Split, ...], ...]:
        """What the rule of each persona asks, column by column.

        Examples
        --------
        >>> import numpy as np, pandas as pd, cjlab as cj
        >>> X = pd.DataFrame({"orders": np.r_[np.zeros(300), np.full(200, 9)]})
        >>> cj.models.Personas().fit(X).splits[0][0].high
        4.0
        """
        tree, asked = self._fitted.tree, self.asked
        bounds = [tree.bounds(int(leaf)) for leaf in tree.leaves]
        return tuple(tuple(asked.split(column, *ends) for column, ends in one.items()) for one in bounds)

    @property
    def _fitted(self) -> Personas:
        if not hasattr(self, "tree"):
            raise SpecError("these Personas are not fitted; call fit(X) first")
        return self

    def named(self, *names: str) -> Personas:
        """Call the personas by names, in the order of their rules.

        Parameters
        ----------
        *names : str
            As many as there are personas.

        Returns
        -------
        Personas
            Itself.

        Raises
        ------
        SpecError
            When there are not as many, or two are the same.

        Examples
        --------
        >>> import numpy as np, pandas as pd, cjlab as cj
        >>> X = pd.DataFrame({"orders": np.r_[np.zeros(300), np.full(200, 9)]})
        >>> cj.models.Personas().fit(X).named("never bought", "regulars").predict(X).iloc[-1]
        'regulars'
        """
        given = texts(list(names), name="names")
        if len(given) != len(self.rules):
            raise SpecError(f"{len(given)} names are given for {len(self.rules)} personas; give one each: {self.rules}")
        self.names = given
        return self

    def predict(self, X: Any) -> pd.Series[str]:  # noqa: ANN401 - a table of any kind
        """Return the persona of each customer.

        Parameters
        ----------
        X : DataFrame
            As :meth:`fit` takes it; columns in any order.

        Returns
        -------
        pandas.Series
            Named "persona", indexed as the table.

        Examples
        --------
        >>> import numpy as np, pandas as pd, cjlab as cj
        >>> X = pd.DataFrame({"orders": np.r_[np.zeros(300), np.full(200, 9)]})
        >>> cj.models.Personas().fit(X).predict(pd.DataFrame({"orders": [4]})).tolist()
        ['orders at most 4']
        """
        import pandas as pd

        frame, _ = framed(X)
        return pd.Series(np.array(self._fitted.names)[self._groups(X)], index=frame.index, name="persona")

    def _groups(self, X: Any) -> NDArray[np.int64]:  # noqa: ANN401 - likewise
        return self._fitted.tree.groups(self.asked.of(X))

    def portraits(self, X: Any, value: pd.Series[float] | None = None) -> Portraits:  # noqa: ANN401 - likewise
        """Return who is in each persona: how many, what they are worth, and what sets them apart.

        Parameters
        ----------
        X : DataFrame
            As :meth:`fit` takes it, with any further columns that are of interest.
        value : pandas.Series, optional
            What each customer is worth, such as his margin of a year.

        Returns
        -------
        Portraits
            A row a persona.

        Examples
        --------
        >>> import numpy as np, pandas as pd, cjlab as cj
        >>> X = pd.DataFrame({"orders": np.r_[np.zeros(300), np.full(200, 9)]})
        >>> cj.models.Personas().fit(X).portraits(X).to_frame()["share"].tolist()
        [0.6, 0.4]
        """
        frame, _ = framed(X)
        return portraits(frame, self._groups(X), names=self.names, rules=self.rules, value=value)

    def _facts(self) -> Facts:
        return facts(self._fitted)

    def _parts(self) -> Mapping[str, Any]:
        made = {name: getattr(self._fitted, name) for name in (*_SETTINGS, *_LEARNED, "taught")}
        return made | {"names": list(self.names)}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Personas:
        made = cls(**{name: parts[name] for name in _SETTINGS})
        made.asked, made.tree, made.stability = (parts[name] for name in _LEARNED[:3])
        made.names, made.taught = tuple(parts["names"]), parts.get("taught", Taught())
        return made
