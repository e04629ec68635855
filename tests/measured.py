"""A program run to its end, and what that took."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

_LAUNCHER = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
done = subprocess.run(sys.argv[1:], stderr=subprocess.PIPE, text=True)
seconds = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
processor = used.ru_utime + used.ru_stime
print(json.dumps([done.returncode, done.stderr, seconds, processor, used.ru_maxrss >> 10]))
"""


class Measured(NamedTuple):
    """Its exit code, what it said, seconds by the clock and of the processor, megabytes at most."""

    status: int
    errors: str
    seconds: float
    processor: float
    megabytes: int


def measured(
    command: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Measured:
    """Run a command, which prints nothing.

    A small process starts it: the most memory of a process is never less than that of the one
    that made it.
    """
    done = subprocess.run(
        [sys.executable, "-c", _LAUNCHER, *command],
        cwd=cwd,
        env=env,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Measured(*json.loads(done.stdout))
