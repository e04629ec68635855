"""``python -m tmtool``, and the console script."""

from __future__ import annotations

import os
import signal


def main() -> None:
    """Run the program; an interrupt while it is still being loaded is one like any other."""
    try:
        usual = signal.getsignal(signal.SIGINT)
        if usual is signal.default_int_handler:  # nobody has it ignored
            signal.signal(signal.SIGINT, lambda *_: os._exit(130))
        from tmtool.cli import run

        signal.signal(signal.SIGINT, usual)
        run()
    except KeyboardInterrupt:
        os._exit(130)


if __name__ == "__main__":
    main()
