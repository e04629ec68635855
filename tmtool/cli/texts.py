"""Commands on texts: segment, align."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import chain

import click

import tmtool.formats
from tmtool.cli import Shared
from tmtool.cli.common import (
    Texts,
    code,
    document_name,
    document_option,
    document_props,
    empty_text,
    format_option,
    language_map_option,
    languages,
    open_memory,
    output,
    plural,
    progress,
    safe_line,
    text_options,
    warn_of_disagreement,
)
from tmtool.document import Document
from tmtool.formats import format_of
from tmtool.model import Segment
from tmtool.text import tokens


@click.command("segment")
@click.argument("files", nargs=-1, metavar="[FILE|-]...")
@click.option("-l", "--language", metavar="LANG", default="kk", callback=code, show_default=True)
@click.option("-o", "--output", "path", metavar="FILE", default="-", help="Where to write.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines: text, start, end, paragraph.")
@click.option("--offsets", is_flag=True, help="Start and end before each sentence, in characters.")
@click.option("--tokens", "tokenized", is_flag=True, help="Words and punctuation parted by spaces.")
@click.option("--explain", is_flag=True, help="The rule behind each break, and each place kept.")
@text_options
def segment_command(
    shared: Shared,
    texts: Texts,
    files: tuple[str, ...],
    language: str,
    path: str,
    as_json: bool,
    offsets: bool,
    tokenized: bool,
    explain: bool,
) -> None:
    """Split texts into sentences.

    One sentence a line, in the order of the text; a line of the text is a paragraph, and no
    sentence crosses one. Without a FILE, or for -, standard input is read. Offsets count
    characters of the text in Unicode form NFC, from 0. --explain prints, for each place at
    which a sentence might end, its offset, break or keep, the rule that decided, and the
    text on both sides.
    """
    segmenter = texts.segmenter(language)

    def line(segment: Segment) -> str:
        text = segment.text
        if tokenized:
            text = " ".join(tokens(text, segmenter.language))
        if as_json:
            return json.dumps(segment._asdict() | {"text": text}, ensure_ascii=False)
        return f"{segment.start}\t{segment.end}\t{text}" if offsets else text

    def explained(text: str) -> Iterator[str]:
        for decision in segmenter.explain(text):
            at = decision.offset
            fields = {
                "offset": at,
                "decision": "break" if decision.breaks else "keep",
                "rule": decision.rule or "none",
                "before": text[max(0, at - 30) : at],
                "after": text[at : at + 30],
            }
            if as_json:
                yield json.dumps(fields, ensure_ascii=False)
            else:
                yield "\t".join(" ".join(str(value).split()) for value in fields.values())

    def lines(name: str) -> Iterator[str]:
        if explain:
            yield from explained(texts.read(name))
            return
        count = 0
        with progress(shared, name, texts.blocks(name), output=path) as parts:
            for segment in segmenter.stream(parts):
                count += 1
                yield line(segment)
        if not count:
            raise empty_text(name)

    names = files or ("-",)
    if path == "-":
        safe = sys.stdout.isatty()
        for row in chain.from_iterable(map(lines, names)):
            sys.stdout.buffer.write((safe_line(row) if safe else row + "\n").encode("utf-8"))
        return
    with output(path, besides=names) as stream:
        for row in chain.from_iterable(map(lines, names)):
            stream.write(row.encode("utf-8") + b"\n")


@click.command("align")
@click.argument("source_file", metavar="SRC")
@click.argument("target_file", metavar="TGT")
@languages()
@click.option("-o", "--output", "path", metavar="FILE", help="Where to write, - for stdout.")
@format_option("--to", "Format of the output.")
@click.option("--add", is_flag=True, help="Put the pairs into the memory.")
@document_option
@language_map_option
@text_options
def align_command(
    shared: Shared,
    texts: Texts,
    source_file: str,
    target_file: str,
    source: str,
    target: str,
    path: str | None,
    format: str | None,
    add: bool,
    document: str | None,
    language_map: dict[str, str],
) -> None:
    """Pair the sentences of a text and its translation.

    Writes the pairs to a file (.tmx, .tsv or .jsonl), puts them into the memory with --add,
    or prints them as TSV. Several sentences may share a pair; a sentence without a partner
    has an empty cell in TSV and is left out of TMX. With --add, what the document already
    has translated is kept.
    """
    from tmtool.alignment import align

    if source_file == target_file == "-":
        raise click.UsageError("The text and its translation cannot both be standard input.")
    if path is None and not add:
        path = "-"
    to = format_of(path, format or ("tsv" if path == "-" else None)) if path else ""
    source_text, target_text = texts.read(source_file), texts.read(target_file)
    sources = texts.segmenter(source).segment(source_text)
    targets = texts.segmenter(target).segment(target_text)
    beads = align(sources, targets)
    warn_of_disagreement(shared, beads, sources, targets)
    name = document or document_name(source_file, source)
    props = document_props(source_text)
    if path:
        units = [bead.unit(source, target, document=name, props=props) for bead in beads]
        with output(path, besides=(source_file, target_file, shared.memory)) as stream:
            written = tmtool.formats.write(units, stream, format=to, language_map=language_map)
        if path != "-":
            left_out = f"; {written.left_out} one-sided left out" if written.left_out else ""
            shared.say(f"{path}: {plural(written.units, 'pair')}{left_out}")
    if add:
        with open_memory(shared, create=True) as memory:
            pairs = Document(memory, name, source, target)
            filled = pairs.fill(beads, props)
        kept = f"; {filled.kept} kept as they were translated before" if filled.kept else ""
        doubtful = f"; {pairs.doubtful_count} doubtful, see 'tmtool review'"
        shared.say(
            f"{name}: {plural(filled.taken, 'pair')} added{kept}"
            + (doubtful if pairs.doubtful_count else "")
        )
