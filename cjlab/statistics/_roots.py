"""Where many functions cross zero, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from cjlab.statistics._samples import Floats

_STEPS = 100  # halving alone needs fewer
_LEAST = 1e-300
_HALF = 0.5


def edge(inside: Callable[[Floats], Floats], inner: Floats, outer: Floats, *, guess: Floats) -> Floats:
    """Return, to the last digits, where ``inside`` turns from positive to negative on the way from inner to outer.

    The bracket is first split at ``guess``, then halved or cut by inverse quadratic interpolation, whichever is safe
    (Chandrupatla 1997, doi:10.1016/S0965-9978(96)00051-8). A zero at ``inner`` counts as positive and a zero elsewhere
    as negative: a statistic may vanish at its own estimate, and that is not the edge. NaN gives NaN.
    """
    guess = np.clip(guess, np.minimum(inner, outer), np.maximum(inner, outer))
    at_guess = _nonzero(inside(guess))
    at_inner, at_outer = inside(inner), inside(outer)
    at_inner = np.where(at_inner <= 0, np.abs(at_guess), at_inner)
    at_outer = np.where(at_outer >= 0, -np.abs(at_guess), at_outer)
    split = at_guess < 0
    a, f_a = guess, at_guess
    b, f_b = np.where(split, inner, outer), np.where(split, at_inner, at_outer)
    where = np.full_like(a, _HALF)
    for _ in range(_STEPS):
        new = a + where * (b - a)
        f_new = _nonzero(inside(new))
        same = (f_new < 0) == (f_a < 0)
        c, f_c = np.where(same, a, b), np.where(same, f_a, f_b)
        b, f_b = np.where(same, b, a), np.where(same, f_b, f_a)
        a, f_a = new, f_new
        width = np.abs(b - a)
        least = 2 * np.finfo(float).eps * np.abs(a) / np.where(width == 0, 1, width)
        unfinished = (least < _HALF) & (width > np.finfo(float).tiny) & (f_a != -_LEAST)
        if not unfinished.any():
            break
        where = np.where(unfinished, np.clip(_fraction(a, b, c, (f_a, f_b, f_c)), least, 1 - least), 0.0)
    return np.where(np.isnan(f_a + f_b), np.nan, np.where(np.abs(f_a) <= np.abs(f_b), a, b))[()]


def _nonzero(values: Floats) -> Floats:
    return np.where(values == 0, -_LEAST, values)


def _fraction(a: Floats, b: Floats, c: Floats, values: tuple[Floats, Floats, Floats]) -> Floats:
    """How far from a to b the next point lies: by interpolation where that is safe, else half way."""
    f_a, f_b, f_c = values
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        xi, phi = (a - b) / (c - b), (f_a - f_b) / (f_c - f_b)
        inverse = f_a / (f_b - f_a) * f_c / (f_b - f_c) + (c - a) / (b - a) * f_a / (f_c - f_a) * f_b / (f_c - f_b)
        safe = (phi**2 < xi) & ((1 - phi) ** 2 < 1 - xi) & np.isfinite(inverse)
    return np.where(safe, inverse, _HALF)
