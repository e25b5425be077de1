"""Reading: what rows a recipe needs of a log, and the one pass that adds them up."""
