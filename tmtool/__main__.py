"""``python -m tmtool``, and the console script."""

from __future__ import annotations

import os


def main() -> None:
    """Run the program; an interrupt while it is still being loaded is one like any other."""
    try:
        from tmtool.cli import run

        run()
    except KeyboardInterrupt:
        os._exit(130)


if __name__ == "__main__":
    main()
