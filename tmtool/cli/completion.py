"""What a shell offers behind a command, and the manual page: both from the commands themselves."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ZshComplete,
    add_completion_class,
    get_completion_class,
)

from tmtool.cli import COMMANDS, EXIT_CODES, Shared, main
from tmtool.store import address
from tmtool.text import display_safe

SHELLS = ("bash", "zsh", "fish")
_PLAIN = r"[^\w%+,./-]"  # what bash takes for more than itself, or for the end of a word
_SPECIAL = {"": _PLAIN, '"': r'["$`\\!]', "'": "'"}
_CLOSED = re.compile(r"""\\.|'[^']*'|"(?:\\.|[^"\\])*"|[^'"\\]+""", re.DOTALL)


@add_completion_class
class _Bash(BashComplete):
    """bash inserts what it is given as it is, and takes the = of an option for a word."""

    source_template = BashComplete.source_template.replace("read type", "read -r type")

    def get_completion_args(self) -> tuple[list[str], str]:
        arguments, incomplete = super().get_completion_args()
        return [argument for argument in arguments if argument != "="], incomplete

    def format_completion(self, item: CompletionItem[str]) -> str:
        if item.type == "plain":
            quote = _CLOSED.sub("", os.environ["COMP_WORDS"])[:1]
            replaced = r"'\\''" if quote == "'" else r"\\\g<0>"
            item.value = re.sub(_SPECIAL.get(quote, _PLAIN), replaced, item.value)
        return super().format_completion(item)


@add_completion_class
class _Zsh(ZshComplete):
    """What follows --option= is a word of its own."""

    source_template = ZshComplete.source_template.replace(
        "    for type key",
        "    [[ ${words[CURRENT]} == --*=* ]] && compset -P '--*='\n    for type key",
    ).replace("compadd -U", "compadd")  # with -U the --option= would get lost


@add_completion_class
class _Fish(FishComplete):
    """What is offered has the --option= before it, and may have commas."""

    source_template = FishComplete.source_template.replace('split ","', 'split -m 1 ","').replace(
        "(%(complete_func)s)",
        "(%(complete_func)s | string replace -r -- '^' "
        "(commandline -t | string match -r -- '^--[^=]+='; or echo ''))",
    )


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def completion_command(shell: str) -> None:
    """Print what makes a shell complete commands and their values.

    Options, documents, languages, checks, formats and files are completed too. For bash and zsh,
    as a line in ~/.bashrc or ~/.zshrc, in zsh behind compinit: eval "$(tmtool completion bash)".
    For fish: tmtool completion fish > ~/.config/fish/completions/tmtool.fish.
    """
    kind = get_completion_class(shell)
    assert kind is not None
    # Not kind.source(), which runs the shell to look at its version.
    script = kind(main, {}, "tmtool", "_TMTOOL_COMPLETE")
    click.echo(script.source_template % script.source_vars())


def teach(command: click.Command) -> click.Command:
    """Have a command complete the values of its options and arguments, by what they are called."""
    for parameter in command.params:
        for pattern, values in _VALUES.items():
            if re.search(pattern, parameter.metavar or "") and parameter.type.name != "choice":
                parameter._custom_shell_complete = values
                break
    return command


_Values = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _begun(values: Iterable[str], incomplete: str) -> list[CompletionItem]:
    """Those that go on as asked for, but what no terminal should be given."""
    return [
        CompletionItem(value)
        for value in values
        if value.startswith(incomplete) and display_safe(value) == value
    ]


def _files(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(incomplete, type="file")]


def _folders(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    return [CompletionItem(incomplete, type="dir")]


def _languages(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    from tmtool.language import DATA

    known = (path.parent.name for path in DATA.glob("*/words.txt"))
    return _begun(sorted(known), incomplete)


def _checks(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    from tmtool.checks import CHECKS, DEFAULT

    *before, last = incomplete.rpartition(",")
    return _begun(("".join(before) + name for name in (*CHECKS, DEFAULT)), "".join(before) + last)


def _documents(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    from tmtool.cli.common import open_memory

    memory = ctx.find_root().params.get("memory")
    try:
        with open_memory(Shared(memory and address(memory), "", quiet=True)) as opened:
            names = dict.fromkeys(name for name, _, _ in opened.document_names())
    except Exception:  # a shell that completes shows no errors
        return []
    return _begun(names, incomplete)


_VALUES: dict[str, _Values] = {
    r"\bLANG\b": _languages,
    r"\bNAMES\b": _checks,
    r"\bDOCUMENT\b|^NAME$": _documents,
    r"^OUT_DIR$": _folders,
    r"\b(?:FILE|FOLDER|LIST|SRC|TGT|IN|OUT|A|B|TGT_DIR)\b": _files,
}


# The manual page


@click.command("manual")
def manual_command() -> None:
    """Print the manual page, all commands in one.

    As in: tmtool manual | man -l -
    """
    click.echo(manual(), nl=False)


def manual() -> str:
    """The page in the language of man(7)."""
    page = [
        '.TH TMTOOL 1 "" "tmtool" "User Commands"',
        ".SH NAME",
        _roff(f"tmtool - {_summary(main)}"),
        ".SH SYNOPSIS",
        r".B tmtool",
        "[OPTIONS] COMMAND [ARGS]...",
        ".SH OPTIONS",
        *_options(main),
        ".SH COMMANDS",
    ]
    for name in COMMANDS:
        command = main.get_command(click.Context(main, info_name="tmtool"), name)
        assert command is not None
        context = click.Context(command, info_name=name)
        page += [f".SS {_roff(' '.join([name, *command.collect_usage_pieces(context)]))}"]
        page += _paragraphs(command.help or "")
        page += _options(command)
    page += [".SH EXIT STATUS"]
    for code, meaning in EXIT_CODES.items():
        page += [".TP", f".B {code}", _roff(meaning)]
    return "\n".join([*page, ""])


def _summary(command: click.Command) -> str:
    return (command.help or "").split("\n\n")[0].rstrip(".")


def _paragraphs(text: str) -> list[str]:
    lines: list[str] = []
    for paragraph in text.replace("\b", "").strip().split("\n\n"):
        lines += [".PP", _roff(" ".join(paragraph.split()))]
    return lines


def _options(command: click.Command) -> list[str]:
    lines: list[str] = []
    context = click.Context(command, info_name=command.name)
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record and record[1]:
            names, meaning = record
            lines += [".TP", f".B {_roff(names)}", _roff(meaning)]
    return lines


def _roff(text: str) -> str:
    """A text that stands for itself in a manual page."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{escaped}" if escaped.startswith((".", "'")) else escaped
