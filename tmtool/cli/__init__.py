"""The command line: parses, calls one function of the library, prints.

stdout is data, stderr is talk. Commands are imported when they are called, so that
``tmtool --help`` answers at once. This is the one place where errors become exit codes.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from tmtool.cli import config
from tmtool.errors import InputError, MismatchError, StoreError, TmtoolError
from tmtool.store import Address, address, is_url, public

if TYPE_CHECKING:
    from tmtool.checks import Style

NO, USAGE, UNREADABLE, NO_MEMORY, BUG, INTERRUPTED = 1, 2, 3, 4, 70, 130
_SAVED = "everything confirmed is saved"
_MOMENT = 0.01  # seconds

# Options that no command has, with what they take.
_FIRST = {"-m": " FILE", "--memory": " FILE", "-q": "", "--quiet": "", "--author": " NAME"}

# Name: module and one line of help, which is the first line of the command's docstring.
COMMANDS = {
    "segment": ("segment", "Split texts into sentences."),
    "align": ("align", "Pair the sentences of a text and its translation."),
    "corpus": ("corpus", "Align very many texts and their translations into TMX files."),
    "translate": ("translate", "Enter translations of a text, sentence by sentence."),
    "review": ("review", "Look over the pairs of a document."),
    "check": ("check", "Find what may be wrong with translations."),
    "report": ("report", "Write a document as an HTML page to look at, to send or to print."),
    "lookup": ("find", "Find what the memory holds that is like a text."),
    "concordance": ("find", "Find words in the units of the memory."),
    "terms": ("terms", "Keep a glossary in the memory: list, add and remove terms."),
    "stats": ("leverage", "Count what texts hold, by how much the memory saves."),
    "pretranslate": ("leverage", "Fill a document with the translations that the memory holds."),
    "documents": ("memories", "List the documents of the memory."),
    "import": ("memories", "Add the units of files to the memory."),
    "export": ("memories", "Write units of the memory to a file."),
    "convert": ("convert", "Convert a file, or write segmentation rules for other tools."),
    "info": ("maintain", "Count what the memory or files hold."),
    "diff": ("maintain", "Compare two files or memories."),
    "merge": ("maintain", "Make one file of several files or memories."),
    "dedupe": ("maintain", "Take out units that say the same as another one."),
    "remove": ("maintain", "Take out units of which all that is said is true."),
    "replace": ("maintain", "Replace text in units."),
    "recode": ("maintain", "Change language codes in the memory, as in kk=kk-KZ."),
    "history": ("care", "Show what happened to units, when and by whom."),
    "undo": ("care", "Take back the last change to the memory, or all since a time."),
    "redo": ("care", "Carry out again what the last undo took back, or all of them."),
    "compact": ("care", "Make the memory small again; forget old history if asked to."),
    "backup": ("care", "Copy the memory as it is now, also while others work on it."),
    "team": ("team", "Say who may do what with a memory on a server."),
    "doctor": ("care", "Examine the memory, and say what to do where something is wrong."),
    "completion": ("completion", "Print what makes a shell complete commands and their values."),
    "manual": ("completion", "Print the manual page, all commands in one."),
}

EXIT_CODES = {
    0: "done",
    NO: "the answer is no",
    USAGE: "usage",
    UNREADABLE: "unreadable input",
    NO_MEMORY: "memory unavailable",
    BUG: "a bug",
    INTERRUPTED: "interrupted",
}


@dataclass(frozen=True, slots=True)
class Shared:
    """What the options before the command say."""

    memory: Address | None
    author: str
    quiet: bool

    def say(self, message: str) -> None:
        """One line of talk on stderr."""
        if not self.quiet:
            from tmtool.text import display_safe

            click.echo(display_safe(message), err=True)


class _ReaderLeft(Exception):  # noqa: N818 - nothing went wrong
    """Whoever read our output wants no more of it."""


class _Commands(click.Group):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"tmtool.cli.{COMMANDS[cmd_name][0]}")
        command = getattr(module, f"{cmd_name}_command")
        assert isinstance(command, click.Command)
        for parameter in command.params:
            if parameter.type is click.STRING and _FILE.search(parameter.metavar or ""):
                parameter.type = _FileName()
        if ctx.resilient_parsing:  # a shell asks what might follow
            from tmtool.cli.completion import teach

            return teach(command)
        if ctx.default_map and (path := _configuration()):
            options = {
                flag.removeprefix("--"): option
                for option in command.params
                if isinstance(option, click.Option)
                for flag in option.opts
                if flag.startswith("--")
            }
            said = ctx.default_map[cmd_name]
            ctx.meta[config.PROFILES] = config.profiles(path, cmd_name, said, options)
            ctx.default_map[cmd_name] = config.for_command(path, cmd_name, said, options)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            meant = f" Did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"{error.message}{meant}", ctx) from None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ReaderLeft from error  # click would make it exit code 1

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


_URL = re.compile(r"postgres(?:ql)?://.*", re.DOTALL)
_FILE = re.compile(r"\b(?:FILE|FOLDER|LIST|SRC|TGT|SRC_DIR|TGT_DIR|OUT_DIR|IN|OUT)\b")


class _FileName(click.types.StringParamType):
    """The name of a file, which is never empty: a variable of a script was not set."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("The name of the file is empty.", param, ctx)
        return super().convert(value, param, ctx)


class _Memory(click.Path):
    """A file, or the URL of a database."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("The name of the file is empty.", param, ctx)
        if value == "-":
            self.fail("A memory is a file, not standard input or output.", param, ctx)
        if isinstance(value, str) and is_url(value):
            return address(value)
        return super().convert(value, param, ctx)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "TMTOOL"},
    epilog=f"Exit codes: {'; '.join(f'{code} {told}' for code, told in EXIT_CODES.items())}.",
)
@click.option(
    "-m",
    "--memory",
    type=_Memory(path_type=Path, readable=False),
    default=lambda: _data_home("XDG_DATA_HOME", ".local/share", "memory.db"),
    show_default="memory.db under the XDG data folder",
    help="The memory: a file, or postgresql://USER@HOST/DATABASE.",
)
@click.option("--author", default="", help="Who signs the changes.  [default: the login name]")
@click.option("-q", "--quiet", is_flag=True, help="Only data and errors.")
@click.version_option(package_name="tmtool", message="%(prog)s %(version)s")
@click.pass_context
def main(ctx: click.Context, memory: Address | None, author: str, quiet: bool) -> None:
    """The translation memory for people who translate from Kazakh."""
    ctx.obj = Shared(memory, author, quiet)


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the program and exit: one line for every error, and its exit code."""
    for name, way in (("stdin", os.O_RDONLY), ("stdout", os.O_RDONLY), ("stderr", os.O_WRONLY)):
        if getattr(sys, name) is None:  # closed by whoever started us; no output gets lost
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(os.open(os.devnull, way), mode))  # noqa: SIM115
    for stream in (sys.stdin, sys.stdout, sys.stderr):  # whatever PYTHONIOENCODING says
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=stream.errors)
    arguments = sys.argv[1:] if arguments is None else arguments
    _hide_passwords(arguments)
    _mind_signals()
    try:
        for argument in arguments:
            if any("\ud800" <= char <= "\udfff" for char in argument):
                raise TmtoolError(f"the argument {argument!r} is not valid UTF-8")
        if "_TMTOOL_COMPLETE" in os.environ:  # a shell asks what might follow
            import_module("tmtool.cli.completion")
        path = _configuration()
        code = main.main(
            arguments,
            prog_name="tmtool",
            standalone_mode=False,
            default_map=config.defaults(path, COMMANDS) if path else None,
        )
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(USAGE)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "tmtool"
        misplaced = isinstance(error, click.NoSuchOption) and error.option_name in _FIRST
        name = error.option_name if isinstance(error, click.NoSuchOption) else ""
        usage = f"tmtool {name}{_FIRST.get(name, '')} COMMAND …"
        where = f" It stands before the command: {usage}" if misplaced else ""
        _leave(f"{error.format_message()}{where} See '{command} --help'.", USAGE)
    except click.ClickException as error:
        _leave(error.format_message(), USAGE)
    except (click.Abort, KeyboardInterrupt) as error:  # click makes the one of the other
        _leave(f"interrupted; {str(error.__cause__ or error) or _SAVED}", INTERRUPTED)
    except (BrokenPipeError, _ReaderLeft):
        _abandon_stdout()
        sys.exit(0)
    except TmtoolError as error:
        _leave(str(error), exit_code(error))
    except MemoryError:
        _leave("that takes more memory than there is; divide the files", UNREADABLE)
    except OSError as error:
        _abandon_stdout()
        place = error.filename or "standard output"
        _leave(f"{place}: cannot be used: {error.strerror or error}", UNREADABLE)
    except Exception as error:  # whatever is left is our fault
        if isinstance(error.__cause__, KeyboardInterrupt):  # as Python 3.11 has it in a class body
            _leave(f"interrupted; {_SAVED}", INTERRUPTED)
        _leave(f"a bug: {error!r}; please report it with {_log()}", BUG)
    sys.exit(code if isinstance(code, int) else 0)


def exit_code(error: TmtoolError) -> int:
    """With which code the program ends for an error."""
    kinds = {InputError: UNREADABLE, StoreError: NO_MEMORY, MismatchError: NO}
    return next((code for kind, code in kinds.items() if isinstance(error, kind)), USAGE)


def _hide_passwords(arguments: Sequence[str]) -> None:
    """Have lists of processes show URLs without their passwords."""
    shown = [_URL.sub(lambda url: public(url[0]), argument) for argument in arguments]
    if shown != list(arguments):
        with suppress(ImportError):  # which without psycopg does not matter
            from setproctitle import setproctitle

            setproctitle(" ".join(["tmtool", *shown]))


def _mind_signals() -> None:
    """Have a signal that ends the program do so as Ctrl-C does, with everything put away."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        usual = (signal.SIG_DFL, signal.default_int_handler)
        if signal.getsignal(number) in usual:  # not where nohup has it ignored
            with suppress(ValueError):  # in a thread
                signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    threading.excepthook = lambda _: None  # helpers may find that their work is given up

    def again(lost: sys.UnraisableHookArgs) -> None:
        """Where an object is being freed nothing can be raised: interrupt once that is done."""
        if lost.exc_type is KeyboardInterrupt:
            threading.Timer(_MOMENT, os.kill, [os.getpid(), number]).start()
        else:
            sys.__unraisablehook__(lost)

    sys.unraisablehook = again
    signal.default_int_handler(number, frame)


def complain(message: object) -> None:
    """One line on stderr that says what went wrong."""
    from tmtool.text import display_safe

    with suppress(OSError):
        click.echo(f"tmtool: {display_safe(str(message))}", err=True)


def configured_keys() -> dict[str, str]:
    """The keys that tmtool.toml gives commands of the full-screen app."""
    path = _configuration()
    return config.keys(path) if path else {}


def configured_styles() -> dict[str, Style]:
    """The house styles of languages that tmtool.toml sets."""
    path = _configuration()
    return config.styles(path) if path else {}


def _configuration() -> Path | None:
    """The tmtool.toml that holds here; none where there is no folder to look in."""
    home = _data_home("XDG_CONFIG_HOME", ".config", "")
    with suppress(OSError):
        return config.find(Path.cwd(), home)
    return None


def _leave(message: str, code: int) -> NoReturn:
    complain(message)
    sys.exit(code)


def _abandon_stdout() -> None:
    """Keep Python from flushing at exit into an output that takes no more."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _log() -> str:
    """Keep the traceback of a bug for its report; where."""
    path = _data_home("XDG_STATE_HOME", ".local/state", "bug.log")
    if path is None:
        return "the command that led to it"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.touch(0o600)  # it may quote texts
        path.write_text(traceback.format_exc(), "utf-8")
    except OSError:
        return "the command that led to it"
    return str(path)


def _data_home(variable: str, default: str, name: str) -> Path | None:
    """A file of tmtool's in one of the XDG folders; ``None`` for a user without a home."""
    try:
        return Path(os.environ.get(variable) or Path.home() / default) / "tmtool" / name
    except RuntimeError:
        return None
