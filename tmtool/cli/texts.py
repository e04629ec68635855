"""Commands on texts: segment, align."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

import tmtool.formats
from tmtool.alignment import align
from tmtool.cli import Shared
from tmtool.cli.common import (
    document_name,
    document_option,
    document_props,
    encoding_option,
    format_option,
    known_language,
    language_map_option,
    languages,
    open_memory,
    output,
    pass_shared,
    plural,
    read_text,
    sentences,
    shown,
)
from tmtool.document import Document
from tmtool.formats import format_of
from tmtool.model import Segment
from tmtool.segment import Segmenter
from tmtool.text import tokens


@click.command("segment")
@click.argument("files", nargs=-1, metavar="[FILE|-]...")
@click.option("-l", "--language", metavar="LANG", default="kk", show_default=True)
@click.option("-o", "--output", "path", metavar="FILE", default="-", help="Where to write.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines: text, start, end, paragraph.")
@click.option("--offsets", is_flag=True, help="Start and end before each sentence, in characters.")
@click.option("--tokens", "tokenized", is_flag=True, help="Words and punctuation parted by spaces.")
@encoding_option
@pass_shared
def segment_command(
    shared: Shared,
    files: tuple[str, ...],
    language: str,
    path: str,
    as_json: bool,
    offsets: bool,
    tokenized: bool,
    encoding: str | None,
) -> None:
    """Split texts into sentences.

    One sentence a line, in the order of the text; a line of the text is a paragraph, and no
    sentence crosses one. Without a FILE, or for -, standard input is read. Offsets count
    characters of the text in Unicode form NFC, from 0.
    """
    segmenter = Segmenter(known_language(shared, language))

    def line(segment: Segment) -> str:
        text = segment.text
        if tokenized:
            text = " ".join(tokens(text, segmenter.language))
        if as_json:
            text = json.dumps(asdict(segment) | {"text": text}, ensure_ascii=False)
        if path == "-":
            text = shown(text)
        return f"{segment.start}\t{segment.end}\t{text}" if offsets and not as_json else text

    texts = [read_text(name, encoding) for name in files or ("-",)]
    with output(path) as stream:
        for text in texts:
            for segment in segmenter.segment(text):
                stream.write(line(segment).encode("utf-8") + b"\n")


@click.command("align")
@click.argument("source_file", metavar="SRC")
@click.argument("target_file", metavar="TGT")
@languages()
@click.option("-o", "--output", "path", metavar="FILE", help="Where to write, - for stdout.")
@format_option("--to", "Format of the output.")
@click.option("--add", is_flag=True, help="Put the pairs into the memory.")
@document_option
@language_map_option
@encoding_option
@pass_shared
def align_command(
    shared: Shared,
    source_file: str,
    target_file: str,
    source: str,
    target: str,
    path: str | None,
    format: str | None,
    add: bool,
    document: str | None,
    language_map: dict[str, str],
    encoding: str | None,
) -> None:
    """Pair the sentences of a text and its translation.

    Writes the pairs to a file (.tmx, .tsv or .jsonl), puts them into the memory with --add,
    or prints them as TSV. Several sentences may share a pair; a sentence without a partner
    has an empty cell in TSV and is left out of TMX. With --add, what the document already
    has translated is kept.
    """
    if path is None and not add:
        path = "-"
    to = format_of(path, format or ("tsv" if path == "-" else None)) if path else ""
    source_text = read_text(source_file, encoding)
    beads = align(
        sentences(shared, source_text, source),
        sentences(shared, read_text(target_file, encoding), target),
    )
    name = document or document_name(source_file, source)
    props = document_props(source_text)
    if path:
        units = [bead.unit(source, target, document=name, props=props) for bead in beads]
        with output(path) as stream:
            written = tmtool.formats.write(units, stream, format=to, language_map=language_map)
        if path != "-":
            left_out = f"; {written.left_out} one-sided left out" if written.left_out else ""
            shared.say(f"{path}: {plural(written.units, 'pair')}{left_out}")
    if add:
        with open_memory(shared, create=True) as memory:
            filled = Document(memory, name, source, target).fill(beads, props)
        kept = f"; {filled.kept} kept as they were translated before" if filled.kept else ""
        shared.say(f"{name}: {plural(filled.taken, 'pair')} added{kept}")
