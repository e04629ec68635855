"""The command terms: the glossary of the memory."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import asdict

import click

from tmtool import glossary
from tmtool.cli import NO, Shared, common
from tmtool.cli.common import (
    encoding_option,
    languages,
    open_memory,
    pass_shared,
    say_lost,
    shown,
)
from tmtool.errors import InputError
from tmtool.model import Languages, Status, Term
from tmtool.text import fold, plural


@click.command("terms")
@click.argument("words", nargs=-1, metavar="[TERM]...")
@click.option("--add", "files", metavar="FILE", multiple=True, help="Add those of a TBX or table.")
@click.option("--remove", is_flag=True, help="Take out each TERM.")
@click.option("-o", "--output", metavar="FILE", help="Write them as TBX, CSV or TSV.")
@languages(source=None, target_required=False)
@encoding_option
@click.option("--json", "as_json", is_flag=True, help="JSON Lines.")
@pass_shared
def terms_command(
    shared: Shared,
    words: tuple[str, ...],
    files: tuple[str, ...],
    remove: bool,
    output: str | None,
    source: str | None,
    target: str | None,
    encoding: str | None,
    as_json: bool,
) -> None:
    """Keep a glossary in the memory: list, add and remove terms.

    Lists all terms, or those that contain a TERM, one a line: languages, term, translation,
    status, note. 'tmtool check' finds where a translation does not use them. Adding needs -s and -t
    unless a file names just two languages, removing and writing unless the terms are of one pair. A
    table (CSV, XLSX, TSV) has term, translation and note, or a heading,
    which may name languages; what it leaves empty of a term that is there is kept. Exits with 1
    if there is no such term.
    """
    if bool(source) != bool(target):
        raise click.UsageError("-s and -t go together.")
    if sum((bool(files), remove, bool(output))) > 1 or (files and words):
        raise click.UsageError("--add, --remove and -o exclude each other.")
    if remove and not words:
        raise click.UsageError("--remove needs a TERM.")
    if output:
        common.refuse_read(output, [shared.memory])
    pair = (source, target) if source and target else None
    if files:
        _add(shared, files, pair, encoding)
        return
    wanted = [fold(word) for word in words]
    with open_memory(shared) as memory:
        if (remove or output) and pair is None:
            pairs = {languages for languages, _ in memory.terms(None)}
            if len(pairs) > 1:
                raise click.UsageError("say between which languages with -s and -t.")
            pair = next(iter(pairs), None)
        found = [
            (languages, term)
            for languages, term in memory.terms(pair)
            if (fold(term.source) in wanted if remove else _is_in(wanted, term))
        ]
        if not found:
            shared.say("no such term" if words else "no terms; 'tmtool terms --add' takes some")
            sys.exit(NO)
        terms = [term for _, term in found]
        lost: Counter[str] = Counter()
        if remove and pair:
            shared.say(f"{plural(memory.withdraw_terms(terms, pair), 'term')} removed")
        elif output == "-" and pair:
            with common.output(output, besides=()) as stream:
                glossary.write(terms, stream, pair, lost=lost)
            say_lost(shared, output, lost)
        elif output and pair:
            count = glossary.write(terms, output, pair, lost=lost)
            shared.say(f"{output}: {plural(count, 'term')}")
            say_lost(shared, output, lost)
        else:
            for of_languages, term in found:
                click.echo(_as_json(of_languages, term) if as_json else _line(of_languages, term))


def _add(
    shared: Shared, files: tuple[str, ...], wanted: Languages | None, encoding: str | None
) -> None:
    pairs = list[Languages]()
    for file in files:
        named = wanted or (file != "-" and glossary.languages_of(file, encoding=encoding)) or ()
        if len(named) != 2:
            raise click.UsageError("say between which languages with -s and -t.")
        pairs.append((named[0], named[1]))
    with open_memory(shared, create=True) as memory:
        held = {languages for languages, _ in memory.terms(None)}
        glossaries = []  # all are read before the first is added
        for file, pair in zip(files, pairs, strict=True):
            if not wanted and pair not in held and pair[::-1] in held:
                pair = pair[::-1]
            read = sys.stdin.buffer if file == "-" else file
            lost: Counter[str] = Counter()
            terms = Term.joined(glossary.read(read, pair, encoding=encoding, lost=lost))
            if not terms:
                raise InputError("holds no terms", path=file, hint="there is nothing to add")
            glossaries.append((file, terms, pair, lost))
        for file, terms, pair, lost in glossaries:
            added = memory.add_terms(terms, pair)
            changed = f"{added.replaced} changed, " if added.replaced else ""
            shared.say(f"{file}: {added.new} new, {changed}{added.unchanged} unchanged")
            say_lost(shared, file, lost)


def _is_in(wanted: list[str], term: Term) -> bool:
    return not wanted or any(word in fold(f"{term.source}\n{term.target}") for word in wanted)


def _line(languages: Languages, term: Term) -> str:
    cells = ("-".join(languages), term.source, term.target, _status(term), term.note)
    return "\t".join(map(shown, cells)).rstrip("\t")


def _as_json(languages: Languages, term: Term) -> str:
    fields = dict(zip(("source_language", "target_language"), languages, strict=True))
    said = {name: value for name, value in asdict(term).items() if value}
    said["status"] = _status(term)
    return shown(json.dumps(fields | said, ensure_ascii=False))


def _status(term: Term) -> Status:
    """What is told of a translation: of which nobody said otherwise, it is one to use."""
    return term.status or "preferred"
