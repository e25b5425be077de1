"""``python -m cjlab`` is the command ``cjlab``."""

from cjlab.cli import main

if __name__ == "__main__":
    main()
