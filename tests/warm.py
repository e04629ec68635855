"""The program, loaded once: a run of it is a copy of a process that has loaded all of it already.

    python -P tests/warm.py serve SOCKET
    python -IS tests/warm.py ask SOCKET ARGUMENTS…

The first loads the program and waits until its stdin ends. The second hands over its arguments,
folder, environment and streams, and ends as the program did. What Python reads only when it starts,
as PYTHONPATH and the locale, is for both what it was for the first.
"""

import gc
import marshal
import os
import select
import socket
import sys


def ask(place: str, arguments: list[str]) -> int:
    """Have the program run with what is ours; its exit code."""
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(place)
        said = marshal.dumps((arguments, os.getcwd(), dict(os.environ)))
        socket.send_fds(server, [len(said).to_bytes(4)], [0, 1, 2])
        server.sendall(said)
        (code,) = server.recv(1)
        return code


def serve(place: str) -> None:
    """Wait for those who ask, and return in the copy that is made for each of them."""
    with socket.create_server(place, family=socket.AF_UNIX) as waiting:
        print(flush=True)  # whoever started us may ask now
        while True:
            ready, _, _ = select.select([0, waiting.fileno()], [], [])
            if 0 in ready:
                sys.exit()
            asking, _ = waiting.accept()
            with asking:
                size, streams, _, _ = socket.recv_fds(asking, 4, 3)
                said = asking.recv(int.from_bytes(size), socket.MSG_WAITALL)
                copy = os.fork()
                if copy == 0:
                    break
                for stream in streams:
                    os.close(stream)
                _, status = os.waitpid(copy, 0)
                asking.sendall(bytes([os.waitstatus_to_exitcode(status) & 0xFF]))
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.dup2(streams[number], number)
        os.close(streams[number])
        old = getattr(sys, name)
        lines = 1 if name == "stderr" else -1
        setattr(sys, name, open(number, old.mode, lines, old.encoding, old.errors, closefd=False))  # noqa: SIM115
    sys.argv[1:], folder, environment = marshal.loads(said)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)


def load() -> None:
    """Import all that commands import when they are called but a screen, and compile rules."""
    from importlib import import_module
    from pkgutil import walk_packages

    import tmtool
    from tmtool.segment import Segmenter

    for module in walk_packages(tmtool.__path__, "tmtool."):
        if not module.name.startswith(("tmtool.__main__", "tmtool.tui")):
            import_module(module.name)
    for code in ("kk", "en"):
        Segmenter.for_language(code)
    gc.freeze()  # else each copy looks through all of it at its end


if __name__ == "__main__":
    if sys.argv[1] == "ask":
        sys.exit(ask(sys.argv[2], sys.argv[3:]))
    load()
    serve(sys.argv[2])
    from tmtool.__main__ import main

    main()
