"""A standing: what the rules ask of customers at a moment, as arrays, wherever it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.decisions._rules import Rules

UNKNOWN: Final = 0
REFUSED: Final = 1
"""A consent that was withdrawn or has run out; a field that is too old; an item that is sold out."""
GOOD: Final = 2


class Standing(NamedTuple):
    """How ``n`` customers stand with the rules, in the order of their parts; codes are 0 unknown, 1 refused, 2 good.

    Parameters
    ----------
    customers : ndarray
        ``(n,)`` identifiers, rising.
    held : ndarray
        ``(n,)``, true for those in the holdout.
    consent : ndarray
        ``(n, pairs)``: unknown, refused or good, for each channel and purpose that actions have.
    since : ndarray
        ``(n, pairs)``: since when, in microseconds of 1970; 0 where it is unknown.
    capped : ndarray
        ``(n, caps)``, true where one more would be too many.
    cooling : ndarray
        ``(n, coolings)``, true where the event is too near.
    told : ndarray
        ``(n, fields)``: unknown, too old (refused) or good.

    Examples
    --------
    >>> import numpy as np, cjlab as cj
    >>> nothing, since = np.zeros((3, 0), bool), np.zeros((3, 1), int)
    >>> consent, held = np.array([[2], [1], [0]], np.int8), np.zeros(3, bool)
    >>> standing = cj.decisions.Standing(np.arange(3), held, consent, since, nothing, nothing, nothing)
    >>> standing.consent.ravel().tolist()
    [2, 1, 0]
    """

    customers: NDArray[Any]
    held: NDArray[np.bool_]
    consent: NDArray[np.int8]
    since: NDArray[np.int64]
    capped: NDArray[np.bool_]
    cooling: NDArray[np.bool_]
    told: NDArray[np.int8]


def pairs(rules: Rules) -> tuple[tuple[str, str], ...]:
    """Return each channel and purpose that actions have, once."""
    return tuple(dict.fromkeys((one.channel, one.purpose) for one in rules.actions))


def reasons(rules: Rules) -> tuple[str, ...]:
    """Return why actions may be kept back, bit by bit, the lowest first."""
    own = [*(one.reason for one in rules.caps), *(one.reason for one in rules.coolings)]
    fields = [said for one in rules.fresh for said in one.reasons]
    return ("holdout", "no consent known", "consent refused", "stock unknown", "out of stock", *own, *fields)


def kept_back(standing: Standing, rules: Rules, stock: dict[str, int]) -> NDArray[np.uint64]:
    """Return why each action is kept back from each customer, ``(n, actions)`` bits; 0 where it is allowed."""
    why = np.zeros((len(standing.customers), len(rules.actions)), np.uint64)
    known = pairs(rules)
    for place, action in enumerate(rules.actions):
        consent = standing.consent[:, known.index((action.channel, action.purpose))]
        state = stock[action.name]
        asked = [standing.held, consent == UNKNOWN, consent == REFUSED, state == UNKNOWN, state == REFUSED]
        asked += [standing.capped[:, n] & one.binds(action) for n, one in enumerate(rules.caps)]
        asked += [standing.cooling[:, n] & one.binds(action) for n, one in enumerate(rules.coolings)]
        for n, one in enumerate(rules.fresh):
            asked += [(standing.told[:, n] == state) & one.binds(action) for state in (UNKNOWN, REFUSED)]
        for bit, broken in enumerate(asked):
            why[:, place] |= np.asarray(broken).astype(np.uint64) << np.uint64(bit)
    return why
