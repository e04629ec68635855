"""The command segment."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import click

from tmtool.cli import Shared
from tmtool.cli.common import (
    Texts,
    code,
    empty_text,
    output,
    progress,
    safe_line,
    text_options,
)
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
    text on both sides. Of several files, each line that has offsets names its own.
    """
    if explain and texts.sentence_lines:
        raise click.UsageError("--explain and --sentence-lines exclude each other.")
    segmenter = texts.segmenter(language)

    names = files or ("-",)

    def line(name: str, segment: Segment) -> str:
        text = segment.text
        if tokenized:
            text = " ".join(tokens(text, segmenter.language))
        if as_json:
            return as_object(name, segment._asdict() | {"text": text})
        return in_columns(name, (segment.start, segment.end, text)) if offsets else text

    def as_object(name: str, fields: dict[str, Any]) -> str:
        named = {"file": name} if len(names) > 1 else {}
        return json.dumps(fields | named, ensure_ascii=False)

    def in_columns(name: str, fields: Iterable[object]) -> str:
        return "\t".join(map(str, (name, *fields) if len(names) > 1 else fields))

    def explained(name: str, text: str) -> Iterator[str]:
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
                yield as_object(name, fields)
            else:
                yield in_columns(name, (" ".join(str(x).split()) for x in fields.values()))

    def lines(name: str) -> Iterator[str]:
        if explain:
            yield from explained(name, texts.read(name))
            return
        count = 0
        with progress(shared, name, texts.blocks(name), output=path) as parts:
            for segment in segmenter.stream(parts):
                count += 1
                yield line(name, segment)
        if not count:
            raise empty_text(name)

    if path == "-":
        safe = sys.stdout.isatty()
        for row in chain.from_iterable(map(lines, names)):
            sys.stdout.buffer.write((safe_line(row) if safe else row + "\n").encode("utf-8"))
        return
    with output(path, besides=(*names, texts.srx, texts.prefixes)) as stream:
        for row in chain.from_iterable(map(lines, names)):
            stream.write(row.encode("utf-8") + b"\n")
