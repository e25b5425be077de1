"""A builder declares features: each a formula of cells, with its unit and what it means where nothing is known."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar

from cjlab._checks import listed, offset, shown, text
from cjlab.errors import SpecError
from cjlab.features._several import several
from cjlab.features.reading._where import Where, where_of
from cjlab.tables import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from dataclasses import Field

    import numpy as np
    from numpy.typing import NDArray

    from cjlab.features.reading._source import Source


@dataclass(frozen=True, eq=False)
class When:
    """The moments of a table's lines, ``(n,)`` each.

    Parameters
    ----------
    as_of : ndarray
        The date of each line, microseconds since 1970 in UTC.
    day : ndarray
        Its local day: days since 1970. Nothing of it has been seen where ``as_of`` is a bare date.
    joined : ndarray
        When the customer joined, microseconds; NaN where unknown.

    Examples
    --------
    >>> import numpy as np, cjlab as cj
    >>> when = cj.features.When(np.array([86_400_000_000]), np.array([1]), np.array([0.0]))
    >>> float((when.as_of - when.joined)[0] / 86_400_000_000)
    1.0
    """

    as_of: NDArray[np.int64]
    day: NDArray[np.int64]
    joined: NDArray[np.float64]


@dataclass(frozen=True)
class Column:
    """A feature.

    Parameters
    ----------
    name : str
        Its column.
    cells : tuple of Cell
        What it is made of; what other builders made of rows may stand among them.
    formula : callable
        Of the :class:`When` of the lines and of each cell's numbers, ``(n,)``, or ``(n, width)`` where it has several;
        returns ``(n,)``.
    unit : str
        Its unit.
    what : str
        What it is, in one line.
    missing : str
        What NaN means; "never missing" where there is none.

    Examples
    --------
    >>> import cjlab as cj
    >>> seen = cj.features.Cell("count", cj.features.Where("visit"))
    >>> cj.features.Column("visits", (seen,), lambda when, n: n, "rows", "how often he came").missing
    'never missing'
    """

    name: str
    cells: tuple[Source, ...]
    formula: Callable[..., NDArray[Any]]
    unit: str
    what: str
    missing: str = "never missing"

    def __post_init__(self) -> None:
        """Check that it has a name."""
        text(self.name, name="the name of a column")


@dataclass(frozen=True)
class Builder(ABC):
    """What declares features. A frozen dataclass that inherits from it and says its columns is one.

    Its fields are what :class:`Recipe` writes down, so they are words, numbers, tuples of them, or :class:`Where`. One
    that is a :class:`Where` unless given takes an event's name for its rows; one that is a tuple takes a single word or
    number for a tuple of one; ``window`` is how far back it looks.

    Parameters
    ----------
    learned : datetime.datetime, optional
        The date before which a log taught what its other fields hold; none where nothing was learned. What learns of
        a log says it, as all of ours do; a recipe refuses to build it for an earlier date.

    Raises
    ------
    SpecError
        When the window is no length of time, no rows are named, or ``learned`` is no moment.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> import cjlab as cj
    >>> @dataclass(frozen=True)
    ... class Complaints(cj.features.Builder):
    ...     window: str = "365D"
    ...
    ...     def columns(self):
    ...         seen = cj.features.Cell("count", cj.features.Where("complaint"), window=self.window)
    ...         return (cj.features.Column("complaints", (seen,), lambda _, n: n, "rows", "how often he complained"),)
    >>> cj.features.Recipe(Complaints()).names
    ('complaints',)
    """

    learned: dt.datetime | None = field(default=None, kw_only=True)
    kinds: ClassVar[dict[str, type[Builder]]] = {}

    def __init_subclass__(cls) -> None:
        """Know every builder by its name, to read it from a recipe that was written down."""
        if not cls.__name__.startswith("_"):
            Builder.kinds[cls.__name__] = cls
        if "__repr__" not in vars(cls):
            cls.__repr__ = Builder.__repr__  # type: ignore[method-assign] # else dataclass writes one of its own

    def __post_init__(self) -> None:
        """Take an event's name where rows are meant, and one of what may be several; check the times."""
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(one.default, Where):
                object.__setattr__(self, one.name, where_of(value, name=one.name))
            elif _holds_several(one):
                object.__setattr__(self, one.name, several(value))
            elif one.name == "window" and value is not None:
                offset(value, name="window")
        if self.learned is not None:
            object.__setattr__(self, "learned", _moment(self.learned))

    def __repr__(self) -> str:
        """Write its fields; when it learned comes last, and not at all where nothing was."""
        names = [one.name for one in fields(self) if one.repr and one.name != "learned"]
        names += ["learned"] if self.learned is not None else []
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    @abstractmethod
    def columns(self) -> tuple[Column, ...]:
        """Return the features.

        Returns
        -------
        tuple of Column
            At least one.

        Examples
        --------
        >>> import cjlab as cj
        >>> [column.name for column in cj.features.Tenure().columns()]
        ['tenure']
        """

    @property
    def said(self) -> dict[str, Any]:
        """What was said, as plain values for TOML and JSON; what was left as it is by default is not named.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Recency("visit").said
        {'kind': 'Recency', 'of': {'event': ['visit']}}
        """
        made: dict[str, Any] = {"kind": type(self).__name__}
        for one in _fields(type(self)):
            value = getattr(self, one.name)
            default = one.default_factory() if one.default_factory is not MISSING else one.default
            if value != default:
                made[one.name] = _plain(value)
        return made


def builder_of(said: Mapping[str, Any]) -> Builder:
    """Return the builder that was written down."""
    given = dict(said)
    kind = given.pop("kind", None)
    if kind not in Builder.kinds:
        raise SpecError(f"a builder of kind {shown(kind)} is not known; known are {listed(sorted(Builder.kinds))}")
    cls = Builder.kinds[kind]
    known = {one.name for one in _fields(cls)}
    unknown = sorted(set(given) - known)
    if unknown:
        raise SpecError(f"builder {kind}: unknown field {unknown[0]!r}; allowed: {listed(sorted(known))}")
    return cls(**{name: _read(value) for name, value in given.items()})  # type: ignore[arg-type] # checked there


def _fields(cls: Any) -> tuple[Field[Any], ...]:  # noqa: ANN401 - a class that may lack its decorator
    """Return what a builder is declared by."""
    if cls.__dataclass_fields__ is Builder.__dataclass_fields__:
        raise SpecError(
            f"builder {cls.__name__} is no dataclass, so that it cannot be written down;"
            " put @dataclass(frozen=True) above its class"
        )
    return fields(cls)


def _holds_several(one: Field[Any]) -> bool:
    """Tell whether a field holds any number of the same."""
    kind = str(one.type)
    return kind.startswith("tuple[") and kind.endswith(", ...]")


def _moment(value: Any) -> dt.datetime:  # noqa: ANN401 - whatever may be a moment
    """Return when something was learned, in UTC; a date without a clock is none, as midnight is local."""
    try:
        given = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(given, dt.datetime) and given.tzinfo is not None:
            return moment(given, "UTC")
    except (ValueError, SpecError):  # what is no date is refused as what lacks its zone is
        pass
    raise SpecError(f"learned is {shown(value)}; give a moment with its zone, such as '2025-05-31T00:00:00+00:00'")


def _plain(value: object) -> object:
    if isinstance(value, Where):
        return value.said
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _read(value: object) -> object:
    if isinstance(value, dict):
        return Where(**{name: _read(one) for name, one in value.items()})  # type: ignore[arg-type] # checked there
    return tuple(_read(one) for one in value) if isinstance(value, list) else value
