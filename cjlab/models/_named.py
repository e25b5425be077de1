"""What a model is called: its settings, less those left as they were."""

from __future__ import annotations

from inspect import signature


class Named:
    """A model that shows itself as what made it, ``CustomerValue(within='26W')``."""

    def __repr__(self) -> str:
        """Write the settings that are not as they were."""
        given = signature(type(self)).parameters.values()
        changed = [one.name for one in given if getattr(self, one.name) != one.default]
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in changed)})"
