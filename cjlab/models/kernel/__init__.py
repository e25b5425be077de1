"""What runs compiled: a tree of effects grows, and trees are asked."""

from cjlab.models.kernel._asked import asked
from cjlab.models.kernel._grown import grown

__all__ = ["asked", "grown"]
