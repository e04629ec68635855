"""``python -m tmtool``."""

from tmtool.cli import run

if __name__ == "__main__":
    run()
