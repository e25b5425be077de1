"""How a value shows itself: as a frame, as numbers in a reader's language, as words from a catalogue."""

from cjlab._display._counts import LEAST, Parts
from cjlab._display._frames import Shown, in_a_notebook, tabled
from cjlab._display._numbers import Numbers
from cjlab._display._sentences import joined, started
from cjlab._display._wording import LANGUAGES, Wording

__all__ = ["LANGUAGES", "LEAST", "Numbers", "Parts", "Shown", "Wording", "in_a_notebook", "joined", "started", "tabled"]
