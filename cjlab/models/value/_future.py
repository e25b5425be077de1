"""What customers will do: whether they are still there, and how often they will come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab._compiled import kept

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.models.value._history import History

    Floats = NDArray[np.float64]

_NODES = 16  # of the integral of what is discounted
_LARGE = 1e250  # what adds up is brought down from here: its parts are known but for a common factor
_NOTHING = 1e-15


class Habits(NamedTuple):
    """Parameters of BG/NBD: rates are Gamma(r, α), chances to leave after a purchase Beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float


def alive(habits: Habits, history: History) -> Floats:
    r"""Return the chance that each is still there, ``(n,)``.

    .. math:: P = \left[1 + 1_{x>0}\frac{a}{b+x-1}\left(\frac{\alpha+T}{\alpha+t_x}\right)^{r+x}\right]^{-1}
    """
    r, alpha, a, b = habits
    x, last, age = history.frequency, history.recency, history.age
    again = x > 0
    odds = np.log(a / np.where(again, b + x - 1, 1.0)) + (r + x) * np.log((alpha + age) / (alpha + last))
    return np.where(again, 1.0 / (1.0 + np.exp(np.minimum(odds, 700.0))), 1.0)


def purchases(habits: Habits, history: History, weeks: float) -> tuple[Floats, Floats]:
    """Return how many purchases are expected of each within the weeks, and of their square, ``(n,)`` each."""
    there = alive(habits, history)
    first, second = _distinct(habits, history, np.array([weeks]))
    return there * first[:, 0], there * second[:, 0]


def discounted(habits: Habits, history: History, weeks: float, force: float) -> Floats:
    r"""Return the expected purchases, each worth :math:`e^{-\delta s}` when it comes *s* weeks on, ``(n,)``.

    By parts, :math:`e^{-\delta t} E[Y(t)] + \delta \int_0^t e^{-\delta s} E[Y(s)]\,ds`, by Gauss and Legendre.
    """
    if force == 0:
        return purchases(habits, history, weeks)[0]
    nodes, shares = np.polynomial.legendre.leggauss(_NODES)
    times = np.append((nodes + 1) / 2 * weeks, weeks)
    worth = np.append(force * shares / 2 * weeks, 1.0) * np.exp(-force * times)
    return np.asarray(alive(habits, history) * (_distinct(habits, history, times)[0] @ worth))


def _distinct(habits: Habits, history: History, times: Floats) -> tuple[Floats, Floats]:
    """Return both moments for those who are there, ``(n, times)`` each: they depend on how often and since when."""
    often, age, place = history.pairs
    first, second = _moments(*habits, often, age, times)
    return first[place], second[place]


@kept
def _moments(
    r: float, alpha: float, a: float, b: float, often: Floats, age: Floats, times: Floats
) -> tuple[Floats, Floats]:
    """Return the first two moments of the purchases of those who are there.

    Were nobody to leave, they would be negative binomial; after j of them one is still there with the chance
    B(a, b + x + j) / B(a, b + x). What adds up is positive, term by term, so that nothing cancels: it is the Gaussian
    hypergeometric function of the published equation, without its poles (a = 1) and overflows.
    """
    first = np.zeros((len(often), len(times)))
    second = np.zeros((len(often), len(times)))
    for row in range(len(often)):
        for column in range(len(times)):
            shape, stay = r + often[row], b + often[row]
            ratio = times[column] / (alpha + age[row] + times[column])
            weight, whole, total, square = 1.0, 1.0, 0.0, 0.0
            reached, squared, still = 0.0, 0.0, 1.0
            n = 0.0
            while True:
                step = (shape + n) / (n + 1.0) * ratio
                weight *= step
                n += 1.0
                reached += still
                squared += (2.0 * n - 1.0) * still
                still *= (stay + n - 1.0) / (a + stay + n - 1.0)
                whole += weight
                total += weight * reached
                square += weight * squared
                if weight > _LARGE:
                    weight, whole, total, square = weight / _LARGE, whole / _LARGE, total / _LARGE, square / _LARGE
                if step < 1.0 and weight * squared <= _NOTHING * (1.0 - step) * square:
                    break
                if weight == 0.0:
                    break
            first[row, column] = total / whole
            second[row, column] = square / whole
    return first, second
