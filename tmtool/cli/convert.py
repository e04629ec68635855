"""The command convert: files into files, no memory involved."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import tmtool.formats
from tmtool import srx
from tmtool.cli import Shared
from tmtool.cli.common import (
    Split,
    encoding_option,
    filter_options,
    language_map_option,
    languages,
    output,
    pass_shared,
    plural,
    raw_cells_option,
    split_option,
    write_units,
)
from tmtool.formats import FORMATS, format_of
from tmtool.language import Language
from tmtool.maintenance import Filter

RULES = {"srx": srx.write, "conf": srx.write_omegat}
"""What writes rules, by the suffix of the file: SRX 2.0, and OmegaT's segmentation.conf."""


@click.command("convert")
@click.argument("source_file", metavar="IN")
@click.argument("path", metavar="OUT")
@click.option("--from", "given", type=click.Choice(list(FORMATS)), help="Format of IN.")
@click.option("--to", "wanted", type=click.Choice([*FORMATS, *RULES]), help="Format of OUT.")
@languages(source=None, target_required=False)
@filter_options
@split_option
@language_map_option
@encoding_option
@raw_cells_option
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
) -> None:
    """Convert a file, or write segmentation rules for other tools.

    Bilingual files (.tmx, .csv and the like) become one another. Where OUT is an .srx file or
    OmegaT's segmentation.conf, IN is what it gets the rules of: languages, as in kk or
    kk,en,ru, or an .srx file, of which -s says the language. The options from --by to --not say
    which units are converted.
    """
    suffix = wanted or Path(path).suffix.lstrip(".").lower()
    if suffix in RULES:
        for name, is_said in {
            "--from": given,
            "-t": target,
            "-s": source and Path(source_file).suffix.lower() != ".srx",
            "the choice of units": chosen != Filter(),
            "--split": split,
            "--lang-map": language_map,
            "--encoding": encoding,
            "--raw-cells": raw_cells,
        }.items():
            if is_said:
                raise click.UsageError(f"{path} takes rules; {name} means nothing for them.")
        if Path(source_file).suffix.lower() == ".srx":
            code = source or "kk"
            rules = {code: Language.load(code, srx_file=source_file).rules}
        else:
            rules = {code: Language.load(code).rules for code in source_file.split(",")}
        with output(path, besides=[source_file]) as stream:
            stream.write(RULES[suffix](rules))
        count = sum(map(len, rules.values()))
        shared.say(f"{path}: {plural(count, 'rule')} for {', '.join(rules)}")
        return
    if bool(source) != bool(target):
        raise click.UsageError("-s and -t go together.")
    pair = (source, target) if source and target else None
    units = tmtool.formats.read(
        sys.stdin.buffer if source_file == "-" else source_file,
        format=format_of(source_file, given),
        languages=pair,
        language_map=language_map,
        raw_cells=raw_cells,
        encoding=encoding,
    )
    written = write_units(
        filter(chosen, units),
        path,
        format_of(path, wanted),
        besides=[source_file],
        split=split,
        raw_cells=raw_cells,
    )
    left_out = f"; {written.left_out} one-sided left out" if written.left_out else ""
    shared.say(f"{path}: {plural(written.units, 'unit')}{left_out}")
