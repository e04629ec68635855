"""The command convert: files into files."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import click
from click.core import ParameterSource

import tmtool.formats
from tmtool import srx
from tmtool.cli import NO, Shared
from tmtool.cli.common import (
    Skipped,
    Split,
    are_finished,
    dry_run_option,
    encoding_option,
    file_only,
    filter_options,
    is_memory,
    kind_of,
    language_map_option,
    languages,
    output,
    pass_shared,
    raw_cells_option,
    say_left,
    say_lost,
    skip_bad_option,
    split_option,
    summed,
    units_in,
    write_units,
)
from tmtool.formats import FORMATS, format_of
from tmtool.language import Language
from tmtool.maintenance import Filter
from tmtool.model import Header
from tmtool.text import plural

RULES = ("srx", "conf")
"""Suffixes of files of rules: SRX 2.0, and OmegaT's segmentation.conf, which has no header."""


@click.command("convert")
@click.argument("source_file", metavar="IN")
@click.argument("path", metavar="OUT")
@click.option("--from", "given", type=click.Choice(list(FORMATS)), help="Format of IN.")
@click.option("--to", "wanted", type=click.Choice([*FORMATS, *RULES]), help="Format of OUT.")
@languages(source=None, target_required=False, several=True)
@filter_options
@split_option
@language_map_option
@encoding_option
@raw_cells_option
@skip_bad_option
@click.option(
    "--prefixes",
    metavar="FILE",
    callback=file_only,
    help="For rules: more abbreviations, one a line.",
)
@dry_run_option
@pass_shared
def convert_command(
    shared: Shared,
    source_file: str,
    path: str,
    given: str | None,
    wanted: str | None,
    source: str | None,
    target: str | None,
    chosen: Filter,
    split: Split | None,
    language_map: dict[str, str],
    encoding: str | None,
    raw_cells: bool,
    skip_bad: bool,
    prefixes: str | None,
    dry_run: bool,
) -> None:
    """Convert a file, or write segmentation rules for other tools.

    Bilingual files (.tmx, .csv and the like) become one another; IN may be a memory, too. TMX,
    Moses and TSV take no doubtful pretranslation of a memory, Moses and TSV no rejected unit, as
    they have no word for it. Where OUT is an .srx file or OmegaT's segmentation.conf, IN is what it
    gets the rules of: languages, as in kk or kk,en,ru, or an .srx file, of which -s says the
    languages. The options from --by to --not say which units are converted. A broken file is not
    converted; with --skip-bad each bad unit is reported, and the exit code is 1.
    """
    suffix = wanted or Path(path).suffix.lstrip(".").lower()
    if suffix in RULES:
        _write_rules(shared, source_file, source, prefixes, suffix, path)
        return
    if bool(source) != bool(target):
        raise click.UsageError("-s and -t go together.")
    if source and "," in source:
        raise click.UsageError("-s names several languages, which only rules can be for.")
    pair = (source, target) if source and target else None
    bad = Skipped()
    headers: list[Header] = []
    lost: Counter[str] = Counter()
    if is_memory(source_file):
        units = units_in(
            shared,
            source_file,
            None,
            headers,
            languages=pair,
            language_map=language_map,
            lost=lost,
        )()
    else:
        units = tmtool.formats.read(
            sys.stdin.buffer if source_file == "-" else source_file,
            format=kind_of(source_file, given),
            languages=pair,
            language_map=language_map,
            raw_cells=raw_cells,
            encoding=encoding,
            bad=bad if skip_bad else None,
            headers=headers,
            lost=lost,
        )
    kind = format_of(path, wanted, option="--to")
    written = write_units(
        filter(chosen, units),
        path,
        kind,
        besides=[source_file],
        split=split,
        raw_cells=raw_cells,
        headers=headers,
        suggestions=are_finished([source_file], given),
        dry_run=dry_run,
    )
    said = summed(written, kind) + (f"; {bad.count} bad left out" if bad.count else "")
    shared.say(f"{said}; nothing is written" if dry_run else said)
    say_left(shared, path, written, split)
    say_lost(shared, source_file, lost)
    if bad.count:
        sys.exit(NO)


def _write_rules(
    shared: Shared,
    origin: str,
    codes: str | None,
    prefixes: str | None,
    kind: str,
    path: str,
) -> None:
    """Write the rules of languages, which an SRX file holds or tmtool."""
    is_file = Path(origin).suffix.lower() == ".srx"
    context = click.get_current_context()
    of_use = {"source_file", "path", "wanted", "prefixes", *(["source"] if is_file else [])}
    for option in context.command.params:
        typed = context.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE
        if typed and option.name not in of_use:
            raise click.UsageError(f"{path} takes rules; {option.opts[-1]} means nothing for them.")
    languages = {
        code: Language.load(code, srx_file=origin if is_file else None, prefixes_file=prefixes)
        for code in ((codes or "kk") if is_file else origin).split(",")
    }
    for code, language in languages.items():
        if not language.is_known:
            shared.say(f"note: no rules for {code!r}, so they are the generic ones")
    rules = {language.code: language.rules for language in languages.values()}
    said = srx.read_header(origin) if is_file else None
    with output(path, besides=[origin, prefixes]) as stream:
        stream.write(srx.write(rules, said) if kind == "srx" else srx.write_omegat(rules))
    count = sum(map(len, rules.values()))
    shared.say(f"{path}: {plural(count, 'rule')} for {', '.join(rules)}")
