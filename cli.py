"""`jifen`: the command line. It introduces the rooms to each other and to a person."""

from __future__ import annotations

import sys

from console.root import run


def main() -> None:
    """Run the command that the arguments name and exit with its status."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
