"""What is read from a registry: models ready to predict, cards, versions, and every move."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cjlab._checks import one_of, shown, whole
from cjlab.errors import RegistryError
from cjlab.loop.registry._catalogue import Catalogue
from cjlab.loop.registry._entries import MOVES
from cjlab.loop.registry._version import Version, Versions
from cjlab.loop.registry._where import Where

if TYPE_CHECKING:
    import os

    from cjlab.loop.registry._mlflow import Server
    from cjlab.loop.registry._moves import History
    from cjlab.models import Card

ALIASES = ("champion", "challenger", "shadow")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True)
class Reader:
    """Whoever serves a model needs no more of a registry."""

    uri: str | os.PathLike[str] = "registry"
    artifacts: str | os.PathLike[str] | None = None

    def __post_init__(self) -> None:
        self._where  # noqa: B018 - an address that cannot be is refused at once

    @cached_property
    def _where(self) -> Where:
        return Where.of(self.uri, self.artifacts)

    @cached_property
    def _server(self) -> Server:
        from cjlab.loop.registry._mlflow import Server

        return Server(self._where)

    def load(self, name: str, which: str | int = "champion") -> tuple[Any, Version]:
        """Return a version of a model, ready to predict; every byte of its files is checked.

        Where the registry does not answer, the version that it named last time serves on, with a warning in the log
        of this package, provided its files are at hand.

        Parameters
        ----------
        name : str
            The model.
        which : str or int
            A name (champion, challenger, shadow), or the number of a version.

        Returns
        -------
        model : estimator
            The model.
        version : Version
            Which it is; ``cached`` says that the registry was away, ``confirmed`` since when.

        Raises
        ------
        RegistryError
            When there is no such version, none has the name, or a file is not what was registered.
        AwayError
            When the registry does not answer, and did not name the version before.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.loop.Registry("no/such/folder").load("churn")
        Traceback (most recent call last):
            ...
        cjlab.errors.AwayError: there is no registry at ...no/such/folder/registry.db; register a model there first...
        """
        catalogue = self._catalogue(name)
        version = catalogue.known(_which(which))
        return catalogue.part(version, "model"), version

    def card(self, name: str, which: str | int = "champion") -> Card:
        """Return the card of a version.

        Parameters
        ----------
        name : str
            The model.
        which : str or int
            A name (champion, challenger, shadow), or the number of a version.

        Returns
        -------
        Card
            What is to be known of it.

        Raises
        ------
        RegistryError
            As :meth:`load` does.
        AwayError
            As :meth:`load` does.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.loop.Registry("registry").card("churn", "winner")
        Traceback (most recent call last):
            ...
        cjlab.errors.RegistryError: which is 'winner'; allowed: 'champion', 'challenger' or 'shadow'
        """
        catalogue = self._catalogue(name)
        found: Card = catalogue.part(catalogue.known(_which(which)), "card")
        return found

    def versions(self, name: str | None = None) -> Versions:
        """List the versions of a model, or of all of them, the newest first.

        Parameters
        ----------
        name : str, optional
            The model; all of them unless given.

        Returns
        -------
        Versions
            The versions that this package registered.

        Raises
        ------
        AwayError
            When the registry does not answer.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.loop.Registry("no/such/folder").versions()
        Traceback (most recent call last):
            ...
        cjlab.errors.AwayError: there is no registry at ...no/such/folder/registry.db; register a model there first...
        """
        names = [one for one in self._server.names() if NAME.fullmatch(one)] if name is None else [name]
        asked = [self._catalogue(one) for one in names if not one.endswith(MOVES)]
        return Versions(tuple(version for catalogue in asked for version in catalogue.versions()))

    def history(self, name: str) -> History:
        """Return every move of a model's aliases: when, from, to, by whom, why.

        Parameters
        ----------
        name : str
            The model.

        Returns
        -------
        History
            The moves, the first one first.

        Raises
        ------
        AwayError
            When the registry does not answer.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.loop.Registry("no/such/folder").history("churn")
        Traceback (most recent call last):
            ...
        cjlab.errors.AwayError: there is no registry at ...no/such/folder/registry.db; register a model there first...
        """
        return self._catalogue(name).ledger.history()

    def _catalogue(self, name: str) -> Catalogue:
        if not isinstance(name, str) or not NAME.fullmatch(name) or name.endswith(MOVES):
            allowed = f"letters, digits, '_', '-' and '.', at most 100 in all, and no {MOVES!r} at the end"
            raise RegistryError(f"name is {shown(name)}; give {allowed}")
        return Catalogue(name, self._server)


def _which(which: str | int) -> str | int:
    return one_of(which, ALIASES, name="which", error=RegistryError) if isinstance(which, str) else number(which)


def number(version: int) -> int:
    """Return the number of a version."""
    return whole(version, name="version", least=1, error=RegistryError)
