"""One model, written for each contender."""
