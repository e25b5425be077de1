"""The registry: versions of models, and the names they serve under."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cjlab._checks import one_of, shown, text
from cjlab.errors import RegistryError
from cjlab.loop.registry._entries import LONGEST
from cjlab.loop.registry._moves import PROMOTION, RETIREMENT, ROLLBACK, Move
from cjlab.loop.registry._promotion import Asked, moved
from cjlab.loop.registry._reader import ALIASES, NAME, Reader, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjlab.loop.registry._version import Version
    from cjlab.models import Card

MARKS = ("trained on erased", "training set unknown")


@dataclass(frozen=True)
class Registry(Reader):
    """A registry of models: on SQLite in a folder, or any database or server that MLflow knows.

    A version is there whole or not at all, and never changes: every load reads every byte of its files and compares
    their SHA-256 with the registry's. A promotion or a rollback is one request, which writes who serves from then on
    and why; of two at once, the second is told of the first. MLflow's own alias is set right after; where the two
    differ, because a process died between them or a hand set the alias, the history holds, and the next move sets it.

    Parameters
    ----------
    uri : str or path
        A folder (``registry.db`` in it is made with the first model), or the address of a database
        (``sqlite:///…``, ``postgresql://…``) or of an MLflow server (``http://…``).
    artifacts : str or path, optional
        The folder of the models' files. Unless given, ``models`` beside a SQLite file; a server keeps the files
        itself, and the folder, in the user's cache, has copies of those that were loaded.

    Raises
    ------
    SpecError
        When the address is of no kind that is known, or a database without a folder for files.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> X = pd.DataFrame({"complaints": np.arange(300) % 9}, index=pd.RangeIndex(300, name="customer_id"))
    >>> y = X["complaints"] + np.arange(300) % 5 > 6
    >>> model = cj.models.Churn("logistic").fit(X, y)
    >>> card = cj.models.card(model, cj.models.judge(model, X, y), question="Who leaves within 60 days?")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     registry = cj.loop.Registry(folder)
    ...     first = registry.register("churn", model, card)
    ...     move = registry.promote("churn", first.number, "the first one")
    ...     again, version = registry.load("churn")
    >>> version.number, version.aliases
    (1, ('champion',))
    """

    def register(self, name: str, model: Any, card: Card, *, trained_on: Mapping[str, str] | None = None) -> Version:  # noqa: ANN401 - any model that can be stored
        """Add a version of a model; the same again is the version that is there.

        Its files are in place before the registry knows of it: whoever dies in between has registered nothing, and
        may register again.

        Parameters
        ----------
        name : str
            The model: letters, digits, ``_``, ``-`` and ``.``.
        model : estimator
            Any model that :func:`cjlab.models.save` stores.
        card : Card
            What is to be known of it.
        trained_on : mapping of str to str, optional
            What it was trained on, such as the fingerprint of the log, the dates and the recipe.

        Returns
        -------
        Version
            What was registered.

        Raises
        ------
        RegistryError
            When the name or what is said is not allowed, or a folder cannot be written.
        ModelError
            When the model cannot be stored.
        AwayError
            When the registry does not answer.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.loop.Registry("registry").register("churn", "a model", "a card")
        Traceback (most recent call last):
            ...
        cjlab.errors.RegistryError: card is 'a card'; give the card that cj.models.card writes
        """
        from cjlab.models import Card

        catalogue = self._catalogue(name)
        if not isinstance(card, Card):
            raise RegistryError(f"card is {shown(card)}; give the card that cj.models.card writes")
        return catalogue.add(model, card, _facts(trained_on))

    def promote(
        self,
        name: str,
        version: int,
        why: str,
        *,
        alias: str = "champion",
        over: int | None = None,
        by: str | None = None,
    ) -> Move:
        """Give an alias to a version, once its files are seen to be what was registered.

        Parameters
        ----------
        name : str
            The model.
        version : int
            Which version.
        why : str
            Why; it stands in the history.
        alias : {"champion", "challenger", "shadow"}
            Which name it is to serve under.
        over : int, optional
            The version that must have the alias now: the one that was beaten. If it is another, nothing is moved.
        by : str, optional
            Who moves it; the user of this process unless given.

        Returns
        -------
        Move
            The move; the earlier one, if the version has the alias already.

        Raises
        ------
        RegistryError
            When there is no such version, its files are damaged, or another has the alias than was said.
        AwayError
            When the registry does not answer.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.loop.Registry("registry").promote("churn", 2, "")
        Traceback (most recent call last):
            ...
        cjlab.errors.RegistryError: why is ''; give text that is not blank and has no control characters
        """
        chosen = one_of(alias, ALIASES, name="alias", error=RegistryError)
        asked = Asked(chosen, PROMOTION, _line(why, "why"), by, after=number(version), over=over)
        return moved(self._catalogue(name), asked)

    def rollback(self, name: str, why: str, *, leaving: int | None = None, by: str | None = None) -> Move:
        """Give the name of champion back to the version that had it before the last promotion.

        Parameters
        ----------
        name : str
            The model.
        why : str
            Why; it stands in the history.
        leaving : int, optional
            The version that is to go. If it is champion no more, nothing is moved: the same rollback asked twice, as
            after a crash, goes back once.
        by : str, optional
            Who moves it; the user of this process unless given.

        Returns
        -------
        Move
            The move.

        Raises
        ------
        RegistryError
            When there is no champion before this one, or the files of that one are damaged.
        AwayError
            When the registry does not answer.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.loop.Registry("no/such/folder").rollback("churn", "complaints have doubled")
        Traceback (most recent call last):
            ...
        cjlab.errors.AwayError: there is no registry at ...no/such/folder/registry.db; register a model there first...
        """
        return moved(self._catalogue(name), Asked("champion", ROLLBACK, _line(why, "why"), by, over=leaving))

    def retire(self, name: str, alias: str, why: str, *, over: int | None = None, by: str | None = None) -> Move:
        """Take a name from the version that has it; a champion is never without a successor.

        Parameters
        ----------
        name : str
            The model.
        alias : {"challenger", "shadow"}
            Which name.
        why : str
            Why; it stands in the history.
        over : int, optional
            The version that must have it; another one stays. Asked again once it has left, nothing more is done.
        by : str, optional
            Who takes it; the user of this process unless given.

        Returns
        -------
        Move
            The move.

        Raises
        ------
        RegistryError
            When no version has the name, or another than ``over``.
        AwayError
            When the registry does not answer.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.loop.Registry("registry").retire("churn", "champion", "tired")
        Traceback (most recent call last):
            ...
        cjlab.errors.RegistryError: alias is 'champion'; allowed: 'challenger' or 'shadow'
        """
        chosen = one_of(alias, ALIASES[1:], name="alias", error=RegistryError)
        return moved(self._catalogue(name), Asked(chosen, RETIREMENT, _line(why, "why"), by, over=over))

    def mark(self, name: str, version: int, mark: str) -> None:
        """Mark a version that learnt from customers who were erased since; its files and history stay as they are.

        Parameters
        ----------
        name : str
            The model.
        version : int
            Which version.
        mark : {"trained on erased", "training set unknown"}
            Whether it surely learnt from them, or nothing tells.

        Raises
        ------
        RegistryError
            When there is no such version, or no such mark.
        AwayError
            When the registry does not answer.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.loop.Registry("registry").mark("churn", 1, "old")
        Traceback (most recent call last):
            ...
        cjlab.errors.RegistryError: mark is 'old'; allowed: 'trained on erased' or 'training set unknown'
        """
        said = one_of(mark, MARKS, name="mark", error=RegistryError)
        self._catalogue(name).mark(number(version), said)


def _line(value: str, name: str) -> str:
    said = text(value, name=name, error=RegistryError)
    if len(said) > LONGEST:
        raise RegistryError(f"{name} has {len(said):,} characters; at most {LONGEST:,} are kept")
    return said


def _facts(trained_on: Mapping[str, str] | None) -> dict[str, str]:
    facts = dict(trained_on or {})
    for key, value in facts.items():
        if not isinstance(key, str) or not NAME.fullmatch(key):
            raise RegistryError(f"trained_on names {shown(key)}; give letters, digits, '_', '-' and '.'")
        _line(value, f"trained_on {key!r}")
    return facts
