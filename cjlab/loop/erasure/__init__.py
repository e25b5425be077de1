"""Erasure and retention beyond the log: what was made of its rows, and what learnt from them."""

from cjlab.loop.erasure._erase import erase
from cjlab.loop.erasure._purge import purge
from cjlab.loop.erasure._receipt import Erasure, Line, Purged

__all__ = ["Erasure", "Line", "Purged", "erase", "purge"]
