"""Statistics on reduced data: arrays of counts, means and moments in, values out; no room here ever sees a log."""

from cjlab.statistics._comparison import Comparison
from cjlab.statistics._cuped import cuped
from cjlab.statistics._distance import Distance, Kind, distance, half_against_half
from cjlab.statistics._divergence import Divergence, divergence
from cjlab.statistics._families import benjamini_hochberg, holm
from cjlab.statistics._level import Interval, level
from cjlab.statistics._moments import Moments
from cjlab.statistics._noninferiority import Noninferiority, noninferiority
from cjlab.statistics._pass import moments
from cjlab.statistics._poststratified import poststratified
from cjlab.statistics._power import Plan
from cjlab.statistics._proportions import proportions
from cjlab.statistics._ratio import ratio
from cjlab.statistics._samples import Joint, Sample
from cjlab.statistics._split import SampleRatio, sample_ratio, standardised_difference
from cjlab.statistics._welch import welch

__all__ = [
    "Comparison",
    "Distance",
    "Divergence",
    "Interval",
    "Joint",
    "Kind",
    "Moments",
    "Noninferiority",
    "Plan",
    "Sample",
    "SampleRatio",
    "benjamini_hochberg",
    "cuped",
    "distance",
    "divergence",
    "half_against_half",
    "holm",
    "level",
    "moments",
    "noninferiority",
    "poststratified",
    "proportions",
    "ratio",
    "sample_ratio",
    "standardised_difference",
    "welch",
]
