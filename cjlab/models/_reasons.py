"""Reasons: what a customer's score is made of, in words, with an argument for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import shown, whole
from cjlab._display import Numbers, Shown, Wording
from cjlab.errors import SpecError, TableError
from cjlab.models._arguments import argument
from cjlab.models._door import framed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.models._columns import Columns
    from cjlab.models.propensity._propensity import Propensity


@dataclass(frozen=True, eq=False, repr=False)
class Reasons(Shown):
    """The reasons of every customer; made by :func:`reasons`.

    They are signs by which customers with the outcome were alike, not causes.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a reason; see :meth:`to_frame`.
    adds : ndarray
        ``(n, t)`` what each topic adds to the log-odds of each customer; with ``mean`` they add up to ``score``.
    topics : tuple of str
        The ``t`` topics.
    mean : float
        Log-odds of the mean customer.
    score : ndarray
        ``(n,)`` log-odds of each customer.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> X = pd.DataFrame({"complaints": np.arange(300) % 9}, index=pd.RangeIndex(300, name="customer_id"))
    >>> model = cj.models.Churn("logistic").fit(X, X["complaints"] + np.arange(300) % 5 > 6)
    >>> cj.models.reasons(model, X.loc[[8]]).to_frame()["reason"].tolist()
    ['complaints is 8, where 4 is usual']
    """

    frame: pd.DataFrame
    adds: NDArray[np.float64]
    topics: tuple[str, ...]
    mean: float
    score: NDArray[np.float64]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a reason.

        Returns
        -------
        pandas.DataFrame
            The levels of the table's index, ``rank`` from 1, ``topic``, ``column`` (that which adds most within the
            topic), ``value``, ``adds`` (log-odds, above 0), ``odds`` (the factor), ``reason`` and ``argument``.

        Examples
        --------
        >>> import numpy as np, pandas as pd, cjlab as cj
        >>> X = pd.DataFrame({"complaints": np.arange(300) % 9}, index=pd.RangeIndex(300, name="customer_id"))
        >>> model = cj.models.Churn("logistic").fit(X, X["complaints"] + np.arange(300) % 5 > 6)
        >>> cj.models.reasons(model, X).to_frame().columns.tolist()[:3]
        ['customer_id', 'rank', 'topic']
        """
        return self.frame

    def first(self) -> pd.DataFrame:
        """Count the customers by the topic of their first reason.

        Returns
        -------
        pandas.DataFrame
            ``topic``, ``customers``, ``share``, ``argument`` (the most frequent), the most frequent topic first.

        Examples
        --------
        >>> import numpy as np, pandas as pd, cjlab as cj
        >>> X = pd.DataFrame({"complaints": np.arange(300) % 9}, index=pd.RangeIndex(300, name="customer_id"))
        >>> model = cj.models.Churn("logistic").fit(X, X["complaints"] + np.arange(300) % 5 > 6)
        >>> cj.models.reasons(model, X.loc[[7, 8]]).first()["customers"].tolist()
        [2]
        """
        ahead = self.frame[self.frame["rank"] == 1].groupby("topic", sort=False)
        told = ahead.agg(customers=("rank", "size"), argument=("argument", lambda said: said.mode().iloc[0]))
        told = told.assign(share=told["customers"] / max(len(self.score), 1)).reset_index()
        kept = told[["topic", "customers", "share", "argument"]]
        return kept.sort_values(["customers", "topic"], ascending=[False, True], ignore_index=True)


def reasons(
    model: Propensity,
    X: Any,  # noqa: ANN401 - any table
    *,
    top: int = 3,
    topics: Mapping[str, Sequence[str]] | None = None,
    words: Mapping[str, str] | None = None,
    arguments: Mapping[str, str] | None = None,
    language: str = "en",
) -> Reasons:
    """Say what raises the score of each customer most, in words, with an argument for each.

    A reason is a topic: a column, or several that tell of one thing, whose Shapley values are added up; those that
    lower the score are no reasons. What all topics add, and the mean, is the score.

    Parameters
    ----------
    model : Propensity or Churn
        One that has learnt.
    X : frame or array
        ``(n, p)`` the customers.
    top : int
        How many reasons a customer has at most.
    topics : mapping of str to sequence of str, optional
        Columns that tell of one thing, such as :func:`meanings` returns; each of the others is a topic of its own.
    words : mapping of str to str, optional
        How columns are called in a sentence; unless given, by their names.
    arguments : mapping of str to str, optional
        What to say, by column or topic; unless given, what the name calls for.
    language : {"en", "fr"}
        Of the sentences.

    Returns
    -------
    Reasons
        One row a reason.

    Raises
    ------
    SpecError
        When the model foretells no chances, such as an :class:`Uplift`.
    TableError
        When a column is absent, or stands in two topics.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> X = pd.DataFrame({"complaints": np.arange(300) % 9}, index=pd.RangeIndex(300, name="customer_id"))
    >>> model = cj.models.Churn("logistic").fit(X, X["complaints"] + np.arange(300) % 5 > 6)
    >>> cj.models.reasons(model, X.loc[[8]]).to_frame()["argument"].tolist()
    ['Put right what is open, say sorry, and call back a week later']
    """
    import pandas as pd

    from cjlab.models.propensity._propensity import Propensity

    whole(top, name="top", least=1)
    if not isinstance(model, Propensity):
        raise SpecError(
            f"model is {shown(model)}, and reasons are what a chance is made of; give a Propensity or a Churn that has "
            "learnt; of effects, score_groups says for which customers they are large"
        )
    told = model.contributions(X)
    columns, frame = model.columns_, framed(X)[0]
    values = columns.coded(X)
    names, owners = _topics(columns, topics or {})
    adds = np.zeros((len(told), len(names)))
    np.add.at(adds.T, owners, told[:, :-1].T)
    leads = _leads(told[:, :-1], owners, len(names))
    speaker = _Speaker(columns, model.usual_.middle, words or {}, arguments or {}, language)
    order = np.argsort(-adds, axis=1, kind="stable")[:, :top]
    rows = [
        (
            row,
            rank + 1,
            names[topic],
            *speaker.said(int(leads[row, topic]), values[row], names[topic]),
            adds[row, topic],
        )
        for row in range(len(adds))
        for rank, topic in enumerate(order[row])
        if adds[row, topic] > 0
    ]
    made = pd.DataFrame(rows, columns=["row", "rank", "topic", "column", "value", "reason", "argument", "adds"])
    keys = frame.index.to_frame(index=False).iloc[made["row"].to_numpy(int)].reset_index(drop=True)
    keys.columns = [str(name or "row") for name in frame.index.names]
    made["odds"] = np.exp(made["adds"].to_numpy(float))
    kept = made[["rank", "topic", "column", "value", "adds", "odds", "reason", "argument"]]
    return Reasons(pd.concat([keys, kept], axis=1), adds, names, float(told[0, -1]), told.sum(axis=1))


def _topics(columns: Columns, topics: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """Return the names of the topics, and the topic of each column."""
    topic_of: dict[str, str] = {}
    for topic, some in topics.items():
        for name in some:
            columns.place(name)
            if name in topic_of:
                raise TableError(f"column {name!r} stands in the topics {topic_of[name]!r} and {topic!r}; keep one")
            topic_of[name] = topic
    names = tuple(dict.fromkeys(topic_of.get(name, name) for name in columns.names))
    return names, np.array([names.index(topic_of.get(name, name)) for name in columns.names])


def _leads(adds: NDArray[np.float64], owners: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Return ``(n, t)`` the column that adds most to each topic of each customer."""
    made = np.empty((len(adds), count), np.intp)
    for topic in range(count):
        places = np.flatnonzero(owners == topic)
        made[:, topic] = places[np.argmax(adds[:, places], axis=1)]
    return made


@dataclass(frozen=True)
class _Speaker:
    """Who puts a value into words."""

    columns: Columns
    middle: NDArray[np.float64]
    words: Mapping[str, str]
    arguments: Mapping[str, str]
    language: str

    def said(self, place: int, row: NDArray[np.float64], topic: str) -> Iterator[str]:
        """Yield a column, its value, the reason and the argument."""
        column, code = self.columns.names[place], row[place]
        say, name = Wording.of("cjlab.models", self.language), self.words.get(column, column)
        value = self._value(column, code)
        if np.isnan(code):
            reason = say("missing", name=name)
        elif self.columns.kinds[place] == "category":
            reason = say("category", name=name, value=value)
        else:
            reason = say("number", name=name, value=value, usual=self._number(self.middle[place]))
        yield from (column, value, reason, argument(column, topic, self.arguments, self.language))

    def _value(self, column: str, code: float) -> str:
        if np.isnan(code):
            return ""
        if column in self.columns.categories:
            return self.columns.categories[column][int(code)]
        return self._number(code)

    def _number(self, value: float) -> str:
        numbers = Numbers(self.language)
        digits = 0 if float(value).is_integer() else 2
        return numbers.trimmed(numbers.decimal(float(value), digits=digits)) if digits else numbers.count(value)
