"""What the normal law puts behind an interval of 95 %."""

from typing import Final

Z: Final = 1.959963984540054
"""Standard errors on either side: its quantile at 97.5 %."""
