"""tmtool: segment, align, remember, review and export translations from Kazakh.

    kk, en = tmtool.Segmenter.for_language("kk"), tmtool.Segmenter.for_language("en")
    beads = tmtool.align(kk.segment(source_text), en.segment(target_text))
    with tmtool.Memory.open("interview.db") as memory:
        memory.add(bead.unit("kk", "en", document="interview") for bead in beads)
        tmtool.write(memory.units(), "interview.kk-en.tmx")

Importing the package is quick: each name is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tmtool.alignment import align
    from tmtool.checks import check, check_unit
    from tmtool.document import Document
    from tmtool.errors import (
        ConflictError,
        DisconnectedError,
        FormatError,
        InputError,
        LanguageError,
        MismatchError,
        MissingExtra,
        OvertakenError,
        StoreError,
        TmtoolError,
    )
    from tmtool.formats import FORMATS, read, write
    from tmtool.language import Language
    from tmtool.match import similarity
    from tmtool.memory import Memory
    from tmtool.model import (
        STATES,
        Bead,
        Code,
        Finding,
        Match,
        Segment,
        State,
        TranslationUnit,
        Variant,
    )
    from tmtool.segment import Segmenter
    from tmtool.text import metadata

__all__ = [
    "FORMATS",
    "STATES",
    "Bead",
    "Code",
    "ConflictError",
    "DisconnectedError",
    "Document",
    "Finding",
    "FormatError",
    "InputError",
    "Language",
    "LanguageError",
    "Match",
    "Memory",
    "MismatchError",
    "MissingExtra",
    "OvertakenError",
    "Segment",
    "Segmenter",
    "State",
    "StoreError",
    "TmtoolError",
    "TranslationUnit",
    "Variant",
    "align",
    "check",
    "check_unit",
    "metadata",
    "read",
    "similarity",
    "write",
]

_MODULES = {
    "alignment": ("align",),
    "checks": ("check", "check_unit"),
    "document": ("Document",),
    "errors": (
        "ConflictError",
        "DisconnectedError",
        "FormatError",
        "InputError",
        "LanguageError",
        "MismatchError",
        "MissingExtra",
        "OvertakenError",
        "StoreError",
        "TmtoolError",
    ),
    "formats": ("FORMATS", "read", "write"),
    "language": ("Language",),
    "match": ("similarity",),
    "memory": ("Memory",),
    "model": (
        *("STATES", "Bead", "Code", "Finding", "Match", "Segment"),
        *("State", "TranslationUnit", "Variant"),
    ),
    "segment": ("Segmenter",),
    "text": ("metadata",),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'tmtool' has no attribute {name!r}")
    value = getattr(import_module(f"tmtool.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
