"""Erasure beyond the log: what was made of a customer's rows, and what learnt from them."""

from cjlab.loop.erasure._erase import erase
from cjlab.loop.erasure._receipt import Erasure, Line

__all__ = ["Erasure", "Line", "erase"]
