"""An experiment in a file: read, made from its table, and written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from cjlab.experiments._declaration import Declaration

if TYPE_CHECKING:
    from collections.abc import Mapping


class Filed(Declaration):
    """A declaration that comes from a file, and goes into one."""

    __slots__ = ()

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read an experiment from a TOML file.

        Parameters
        ----------
        path : str or Path
            A file with the fields of this class; ``[arms.NAME]``, ``[metrics.NAME]`` and ``[segments.NAME]`` are
            tables, ``[value]`` is one.

        Returns
        -------
        Experiment
            The declared test.

        Raises
        ------
        SpecError
            When the file is absent, is not TOML, or says something that is not allowed; the message names the file,
            the place in it, the value, and what is allowed.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> test.name, test.horizon, len(test.arms)
        ('promotion_test', '14D', 3)
        """
        from cjlab.experiments._toml import experiment_of, table_of

        return experiment_of(cls, table_of(path), where=Path(path).name)

    @classmethod
    def of(cls, table: Mapping[str, Any], *, where: str = "experiment") -> Self:
        """Make an experiment from a table as a TOML file holds it.

        Parameters
        ----------
        table : mapping
            Names and values; arms, metrics and segments as tables by name.
        where : str, default: "experiment"
            What messages call the table.

        Returns
        -------
        Experiment
            The declared test.

        Raises
        ------
        SpecError
            When a name is unknown or absent, or a value not allowed.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.experiments.Experiment.of({"name": "spring", "arms": {"none": {}, "mail": {"cots": 0.02}}})
        Traceback (most recent call last):
            ...
        cjlab.errors.SpecError: experiment: [arms.mail] has an unknown name 'cots'; did you mean 'cost'?
        """
        from cjlab.experiments._toml import experiment_of

        return experiment_of(cls, table, where=where)

    def write(self, path: str | Path) -> Path:
        """Write the experiment as a TOML file, which :meth:`read` and a report take.

        Parameters
        ----------
        path : str or Path
            The file to write. One that holds this experiment already is left as it is.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        SpecError
            When the file is there and declares something else, or cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> from pathlib import Path
        >>> from cjlab.experiments import Arm, Experiment, Metric
        >>> arms = (Arm(name="none"), Arm(name="mail", cost=0.02))
        >>> visit = Metric(name="visit", kind="share", event="visit", role="primary")
        >>> test = Experiment(name="spring", question="?", control="none", arms=arms, metrics=(visit,), horizon="7D")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Experiment.read(test.write(Path(folder, "spring.toml"))) == test
        True
        """
        from cjlab.experiments._written import written

        return written(self, path)
