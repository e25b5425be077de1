"""Experiments side by side: the same job by cjlab, tea-tasting, statsmodels, and a bare pass over the same columns."""
