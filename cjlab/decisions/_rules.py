"""The rules: what may be done with whom, declared once and kept by every decision."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cjlab._checks import distinct, listed, shown
from cjlab._declared import declared, keep
from cjlab._written import fingerprint, said_in, write
from cjlab.decisions._action import Action
from cjlab.decisions._cap import Cap
from cjlab.decisions._cooling import Cooling
from cjlab.decisions._fresh import Fresh
from cjlab.decisions._holdout import Holdout
from cjlab.errors import SpecError
from cjlab.tables import moment

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from typing import Self

_KINDS: Final[dict[str, type[Any]]] = {
    "actions": Action,
    "caps": Cap,
    "coolings": Cooling,
    "fresh": Fresh,
    "holdouts": Holdout,
}
_MOST_RULES = 59  # a reason is a bit of 64, and five are always asked


@dataclass(frozen=True, slots=True)
class Rules:
    """What can be done, and what keeps it back. Consent, the holdout and stock are always asked; the rest is declared.

    Parameters
    ----------
    actions : tuple of Action
        What can be done, beside leaving a customer alone.
    caps : tuple of Cap
        How many contacts a customer may have.
    coolings : tuple of Cooling
        After which events he is left alone.
    fresh : tuple of Fresh
        What must be known of him, and how lately.
    holdouts : tuple of Holdout
        Who is kept out of every contact; the last whose date has come holds.

    Raises
    ------
    SpecError
        When there is no action, two have one name, two holdouts begin on one day, or a rule names an unknown action.

    Examples
    --------
    >>> import cjlab as cj
    >>> rules = cj.decisions.Rules(
    ...     actions=(cj.decisions.Action("reminder", "email", 0.02), cj.decisions.Action("call", "phone", 4.0)),
    ...     caps=(cj.decisions.Cap(2, "7D"),),
    ...     holdouts=(cj.decisions.Holdout(0.02, "spring", "2025-01-01"),),
    ... )
    >>> rules.names
    ('reminder', 'call')
    """

    actions: tuple[Action, ...]
    caps: tuple[Cap, ...] = ()
    coolings: tuple[Cooling, ...] = ()
    fresh: tuple[Fresh, ...] = ()
    holdouts: tuple[Holdout, ...] = ()

    def __post_init__(self) -> None:
        """Check that the parts fit together."""
        for name, kind in _KINDS.items():
            keep(self, **{name: _all(kind, getattr(self, name), name)})
        if not self.actions:
            raise SpecError("the rules have no action; give at least one Action")
        distinct([one.name for one in self.actions], name="rules: actions")
        distinct([one.since.isoformat() for one in self.holdouts], name="rules: the days on which holdouts begin")
        caps, coolings = [one.reason for one in self.caps], [one.reason for one in self.coolings]
        distinct([*caps, *coolings, *(one.reasons[0] for one in self.fresh)], name="rules: what keeps actions back")
        if (bits := len(self.caps) + len(self.coolings) + 2 * len(self.fresh)) > _MOST_RULES:
            raise SpecError(f"rules: they give {bits} reasons; at most {_MOST_RULES}: fewer caps, coolings and fields")
        unknown = [name for one in self.fresh for name in one.actions if name not in self.names]
        if unknown:
            raise SpecError(f"fresh: actions names {unknown[0]!r}; allowed: {listed(self.names)}")

    @property
    def names(self) -> tuple[str, ...]:
        """What the actions are called.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.decisions.Rules((cj.decisions.Action("news", "email", 0.01),)).names
        ('news',)
        """
        return tuple(one.name for one in self.actions)

    def holding(self, as_of: dt.datetime, timezone: str) -> Holdout | None:
        """Return the holdout that holds at a moment: the last that has begun; None before the first.

        Parameters
        ----------
        as_of : datetime.datetime
            When.
        timezone : str
            Where the brand lives: a holdout begins at its local midnight.

        Returns
        -------
        Holdout or None
            Who is kept out.

        Examples
        --------
        >>> import datetime as dt
        >>> import cjlab as cj
        >>> old, new = (cj.decisions.Holdout(0.02, day, day) for day in ("2025-01-01", "2026-01-01"))
        >>> rules = cj.decisions.Rules((cj.decisions.Action("news", "email", 0.01),), holdouts=(old, new))
        >>> rules.holding(dt.datetime(2025, 7, 1, tzinfo=dt.UTC), "Europe/Paris") == old
        True
        """
        begun = [one for one in self.holdouts if moment(one.since, timezone) <= as_of]
        return max(begun, key=lambda one: one.since, default=None)

    @property
    def said(self) -> dict[str, Any]:
        """What was said, as plain values; what is not given is left out.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.decisions.Rules((cj.decisions.Action("news", "email", 0.01),)).said
        {'actions': [{'name': 'news', 'channel': 'email', 'cost': 0.01, 'purpose': 'marketing'}]}
        """
        said = {name: [_plain(one) for one in getattr(self, name)] for name in _KINDS}
        return {name: parts for name, parts in said.items() if parts}

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Self:
        """Return the rules that were said.

        Parameters
        ----------
        said : mapping
            As :attr:`said` returns them.

        Returns
        -------
        Rules
            The rules.

        Raises
        ------
        SpecError
            When a name is unknown or missing, or a value is not allowed.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.decisions.Rules.of({"actions": [{"name": "news", "channel": "email", "price": 1}]})
        Traceback (most recent call last):
        cjlab.errors.SpecError: actions[0] has an unknown name 'price'; ...
        """
        if not hasattr(said, "items"):
            raise SpecError(f"rules are {shown(said)}; give names and lists, as Rules.said returns them")
        unknown = [name for name in said if name not in _KINDS]
        if unknown:
            raise SpecError(f"rules have an unknown name {shown(unknown[0])}; allowed: {listed(_KINDS)}")
        return cls(**{name: _parts(_KINDS[name], parts, name) for name, parts in {"actions": (), **said}.items()})

    def write(self, file: str | Path) -> None:
        """Write the rules down as JSON, or as TOML where the file is called ``.toml``.

        Parameters
        ----------
        file : str or pathlib.Path
            Where.

        Examples
        --------
        >>> import tempfile, cjlab as cj
        >>> rules = cj.decisions.Rules((cj.decisions.Action("news", "email", 0.01),), caps=(cj.decisions.Cap(1),))
        >>> with tempfile.TemporaryDirectory() as home:
        ...     rules.write(f"{home}/rules.toml")
        ...     cj.decisions.Rules.read(f"{home}/rules.toml") == rules
        True
        """
        write(self.said, Path(file))

    @classmethod
    def read(cls, file: str | Path) -> Self:
        """Return rules from JSON or TOML.

        Parameters
        ----------
        file : str or pathlib.Path
            Where they were written; ``.toml`` is read as TOML, with tables ``[[actions]]``, ``[[caps]]``,
            ``[[coolings]]``, ``[[fresh]]`` and ``[[holdouts]]``.

        Returns
        -------
        Rules
            The rules.

        Raises
        ------
        SpecError
            When they are none.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.decisions.Rules.read("nowhere.toml")
        Traceback (most recent call last):
        cjlab.errors.SpecError: nowhere.toml cannot be read (...); give the file of rules
        """
        try:
            return cls.of(said_in(Path(file), kind="rules"))
        except SpecError as refused:
            said = str(refused)
            raise SpecError(said if said.startswith(str(file)) else f"{file}: {said}") from None

    @property
    def fingerprint(self) -> str:
        """What tells these rules from others: the sha256 of what was said.

        Examples
        --------
        >>> import cjlab as cj
        >>> len(cj.decisions.Rules((cj.decisions.Action("news", "email", 0.01),)).fingerprint)
        64
        """
        return fingerprint(self.said)


def _all(kind: type[Any], given: object, name: str) -> tuple[Any, ...]:
    """Return parts as a tuple if each is of its kind."""
    parts = tuple(given) if isinstance(given, tuple | list) else (given,)
    strange = [one for one in parts if not isinstance(one, kind)]
    if strange:
        raise SpecError(f"rules: {name} hold {shown(strange[0])}; give {kind.__name__}(…)")
    return parts


def _parts(kind: type[Any], tables: object, name: str) -> tuple[Any, ...]:
    if not isinstance(tables, list | tuple):
        raise SpecError(f"rules: {name} is {shown(tables)}; give a list of tables")
    return tuple(declared(kind, table, where=f"{name}[{n}]") for n, table in enumerate(tables))


def _plain(part: Any) -> dict[str, Any]:  # noqa: ANN401 - any part of rules
    known = {name: value for name, value in asdict(part).items() if value is not None and value != ()}
    return {name: _value(value) for name, value in known.items()}


def _value(value: Any) -> Any:  # noqa: ANN401 - a plain value
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
