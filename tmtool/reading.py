"""How texts are read and split, as a value that other processes can be given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tmtool import srx
from tmtool.errors import InputError
from tmtool.language import Language
from tmtool.segment import Segmenter
from tmtool.text import file_blocks, joined_lines, metadata

_LONGEST = 200_000_000  # characters of a text that is looked at as a whole


@dataclass(frozen=True, slots=True)
class Reading:
    """What a user says of texts: their encoding, own rules and abbreviations, what a line is.

    ``srx`` and ``prefixes`` name files. With ``join_lines`` paragraphs end at blank lines only,
    with ``sentence_lines`` each line is a sentence.
    """

    encoding: str | None = None
    srx: str | None = None
    prefixes: str | None = None
    join_lines: bool = False
    sentence_lines: bool = False

    def blocks(self, path: str) -> Iterator[str]:
        """The text of a file in pieces. Raises ``InputError`` if it cannot be read."""
        return self.joined(file_blocks(path, self.encoding))

    def joined(self, parts: Iterator[str]) -> Iterator[str]:
        """Pieces of a text with the lines that belong together made one."""
        return joined_lines(parts) if self.join_lines else parts

    def whole(self, path: str) -> str:
        """The whole text; raises as :meth:`blocks`, also for one that is far too long."""
        parts, held = [], 0
        for part in self.blocks(path):
            parts.append(part)
            held += len(part)
            if held > _LONGEST:
                message = f"has more than {_LONGEST:,} characters, which is no document"
                raise InputError(message, path=path, hint="divide it")
        return "".join(parts)

    def language(self, code: str) -> Language:
        """A language with these rules; raises as :meth:`tmtool.language.Language.load`."""
        language = Language.load(code, srx_file=self.srx, prefixes_file=self.prefixes)
        return replace(language, rules=()) if self.sentence_lines else language

    def segmenter(self, code: str) -> Segmenter:
        """The segmenter of a language; raises as :meth:`language`."""
        return Segmenter(self.language(code))

    def segmenters(self, languages: tuple[str, str]) -> tuple[Segmenter, Segmenter]:
        """The segmenters of both sides of a translation; raises as :meth:`language`.

        A side for which the SRX file has no rules keeps those of tmtool, if the other has some.
        """
        served = [code for code in languages if self.srx and srx.read(self.srx, code)]
        own = replace(self, srx=None)
        ours, theirs = (self if code in served or not served else own for code in languages)
        return ours.segmenter(languages[0]), theirs.segmenter(languages[1])


def document_props(text: str) -> tuple[tuple[str, str], ...]:
    """The metadata of a text as the properties its units carry."""
    return tuple((f"x-tmtool:{key}", value) for key, value in metadata(text)[0].items())
