"""What is said in builders: written down, read back, and told from what says something else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cjlab._checks import shown
from cjlab._written import fingerprint, said_in, write
from cjlab.errors import SpecError
from cjlab.features.builders._builder import Builder, builder_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self


class Said(ABC):
    """What is made of builders, and may see what came later or not."""

    builders: tuple[Builder, ...]
    hindsight: bool

    @abstractmethod
    def __init__(self, *builders: Builder, hindsight: bool = False) -> None:
        """Keep the builders."""

    @property
    def said(self) -> dict[str, Any]:
        """What was said, as plain values.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Recipe(cj.features.Tenure()).said
        {'builders': [{'kind': 'Tenure'}]}
        """
        seen = {"hindsight": True} if self.hindsight else {}
        return {**seen, "builders": [one.said for one in self.builders]}

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Self:
        """Return the recipe that was written down.

        A builder of which no ``learned`` was written holds what somebody said, as far as anybody knows: of recipes
        written by versions that did not keep it, learn anew what was learned of a log.

        Parameters
        ----------
        said : mapping
            What :attr:`said` returned.

        Returns
        -------
        Recipe
            The same recipe.

        Raises
        ------
        SpecError
            When a builder is unknown: the class of one's own must have been defined.

        Examples
        --------
        >>> import cjlab as cj
        >>> recipe = cj.features.Recipe(cj.features.Recency("purchase"))
        >>> cj.features.Recipe.of(recipe.said) == recipe
        True
        """
        return cls(*(builder_of(one) for one in _builders_in(said)), hindsight=said.get("hindsight", False))

    def write(self, file: str | Path) -> None:
        """Write the recipe down as JSON, or as TOML where the file is called ``.toml``.

        Parameters
        ----------
        file : str or pathlib.Path
            Where.

        Raises
        ------
        SpecError
            When TOML cannot say it: of several values of a builder of one's own, one is none.

        Examples
        --------
        >>> import tempfile, cjlab as cj
        >>> with tempfile.TemporaryDirectory() as home:
        ...     cj.features.Recipe(cj.features.Tenure()).write(f"{home}/recipe.json")
        ...     cj.features.Recipe.read(f"{home}/recipe.json").names
        ('tenure',)
        """
        write(self.said, Path(file))

    @classmethod
    def read(cls, file: str | Path) -> Self:
        """Return a recipe from JSON or TOML.

        Parameters
        ----------
        file : str or pathlib.Path
            Where it was written; ``.toml`` is read as TOML, with a table ``[[builders]]`` each.

        Returns
        -------
        Recipe
            The recipe.

        Raises
        ------
        SpecError
            When it is no recipe.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Recipe.read("nowhere.json")
        Traceback (most recent call last):
        cjlab.errors.SpecError: nowhere.json cannot be read (...); give the file of a recipe
        """
        return cls.of(said_in(Path(file), kind="a recipe"))

    @property
    def fingerprint(self) -> str:
        """What tells this recipe from others: the sha256 of what was said.

        A signal, and a builder of one's own, are said by name: the code behind is not in it. Folders that are stored of
        a recipe keep that too, and are not gone on with by other code.

        Examples
        --------
        >>> import cjlab as cj
        >>> len(cj.features.Recipe(cj.features.Tenure()).fingerprint)
        64
        """
        return fingerprint(self.said)


def _builders_in(said: object) -> list[Any]:
    """Return the builders of a recipe that was said."""
    known = said.get("builders") if isinstance(said, dict) else None
    if not isinstance(known, list):
        raise SpecError(f"a recipe is a list of builders, and {shown(said)} has none; give what Recipe.said returned")
    return known
