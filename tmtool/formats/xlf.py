"""XLIFF 1.2, which every CAT tool reads; reading is that of ``xliff``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from typing import BinaryIO

from tmtool.formats import Written
from tmtool.formats.inline import written
from tmtool.formats.markup import escaped, quoted
from tmtool.formats.xliff import (
    MORE,
    carried,
    file_of,
    is_changed,
    named,
    original_of,
    own_attributes,
    read,
    said_again,
)
from tmtool.model import TranslationUnit

__all__ = ["read", "write"]

_ANY = re.compile(".+", re.DOTALL)  # string that is an id


def write(units: Iterable[TranslationUnit], file: BinaryIO) -> Written:
    """Write XLIFF 1.2, a ``<file>`` for each document and pair of languages.

    A unit has the id that it had in the XLIFF it came from, if no other has it.
    """
    file.write(
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2">\n'
    )
    count = changed = 0
    for (document, (source, target)), group in groupby(units, key=file_of):
        file.write(
            (
                f"  <file original={quoted(original_of(document))} source-language={quoted(source)}"
                f' target-language={quoted(target)} datatype="plaintext" xml:space="preserve">\n'
                "    <body>\n"
            ).encode()
        )
        for name, unit in named(group, _ANY):
            file.write(_unit(unit, name).encode("utf-8"))
            count += 1
            changed += is_changed(unit)
        file.write(b"    </body>\n  </file>\n")
    file.write(b"</xliff>\n")
    return Written(count, changed=changed)


def _unit(unit: TranslationUnit, name: str) -> str:
    source, target, _ = written("1", unit.source, unit.target)
    said = {key: f" {key}={quoted(value)}" for key, value in said_again(unit).items()}
    approved = said.pop("approved", "")
    state = "".join(said.values())
    lines = [
        f"      <trans-unit id={quoted(name)}{own_attributes(unit, '1')}{approved}>",
        f"        <source>{source}</source>",
        f"        <target{state}>{target}</target>",
        '        <context-group purpose="information">'
        f'<context context-type="{MORE}">{escaped(carried(unit))}</context></context-group>',
        *(f"        <note>{escaped(note)}</note>" for note in unit.notes),
        "      </trans-unit>",
    ]
    return "".join(f"{line}\n" for line in lines)
