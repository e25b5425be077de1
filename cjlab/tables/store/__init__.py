"""The store: a log as a folder of files that is whole at every moment."""
