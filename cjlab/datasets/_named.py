"""A log by its name: of a public data set, or of the folder it was written to."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from cjlab._checks import listed
from cjlab.datasets._cdnow import cdnow, cdnow_sample
from cjlab.datasets._complete_journey import complete_journey
from cjlab.datasets._entries import ENTRIES
from cjlab.datasets._hillstrom import hillstrom
from cjlab.datasets._online_retail import online_retail
from cjlab.datasets._online_shop import online_shop
from cjlab.datasets._promotion_test import promotion_test
from cjlab.datasets._simulated_operator import simulated_operator
from cjlab.datasets._simulated_shop import simulated_shop
from cjlab.datasets._simulated_test import simulated_test
from cjlab.errors import DatasetError
from cjlab.tables import Log

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LOGS: Mapping[str, Callable[[], Log]] = MappingProxyType(
    {
        "cdnow": cdnow,
        "cdnow_sample": cdnow_sample,
        "complete_journey": complete_journey,
        "hillstrom": hillstrom,
        "online_retail": online_retail,
        "online_shop": online_shop,
        "promotion_test": promotion_test,
        "simulated_operator": simulated_operator,
        "simulated_shop": simulated_shop,
        "simulated_test": simulated_test,
    }
)


def named(name_or_folder: str | Path) -> Log:
    """Open a log by the name of a data set, or by the folder to which it was written.

    A name comes before a folder of that name; ``"./hillstrom"`` is the folder.

    Parameters
    ----------
    name_or_folder : str or Path
        Name of a data set that :func:`catalogue` lists as a log, or a folder made by ``Log.write``.

    Returns
    -------
    Log
        The log.

    Raises
    ------
    DatasetError
        When it is neither, when the data set is a frame, or when its files are not at hand.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.datasets.named("promotion_test").contacts.collect().height
    20000
    """
    if name_or_folder in _LOGS:
        return _LOGS[str(name_or_folder)]()
    if name_or_folder in ENTRIES:
        raise DatasetError(
            f"{name_or_folder} is a frame of one row a customer or path, not a log; "
            f"call cjlab.datasets.{name_or_folder}()"
        )
    if not Path(name_or_folder).is_dir():
        raise DatasetError(f"{str(name_or_folder)!r} is neither a folder nor one of {listed(_LOGS)}; name one of them")
    return Log.read(name_or_folder)
