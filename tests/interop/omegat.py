"""Run the real OmegaT without a window, to see what a CAT tool makes of our files.

OmegaT exits 0 even when it could not read a memory, and leaves untranslated what it does not
know. A run is therefore judged by its log: `Result.errors` holds the lines that mean a failure.
Every run has a project, settings and home folder of its own; those of the user play no part.
"""

import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

_jar = Path(os.environ.get("OMEGAT_JAR") or "/usr/share/omegat/OmegaT.jar")
JAR: Path | None = _jar if _jar.is_file() else None

PROJECT = """<?xml version="1.0" encoding="UTF-8"?>
<omegat><project version="1.0">
<source_lang>{source}</source_lang>
<target_lang>{target}</target_lang>
<sentence_seg>true</sentence_seg>
</project></omegat>
"""
# Left alone, OmegaT guesses the encoding of .txt: "§ 3" in UTF-8 becomes Thai.
FILTERS = """<?xml version="1.0" encoding="UTF-8"?>
<filters><filter className="org.omegat.filters2.text.TextFilter" enabled="true">
<files sourceFilenameMask="*.txt" targetFilenamePattern="${filename}"
 sourceEncoding="UTF-8" targetEncoding="UTF-8"/>
</filter></filters>
"""
TMX = """<?xml version="1.0" encoding="UTF-8"?>
<tmx version="1.4"><header creationtool="tests" creationtoolversion="1" segtype="sentence"
 o-tmf="tests" adminlang="en" srclang="{source}" datatype="plaintext"/><body>{units}</body></tmx>
"""
UNIT = """<tu><tuv xml:lang="{source}"><seg>{text}</seg></tuv>
<tuv xml:lang="{target}"><seg>\ue000{number}\ue001</seg></tuv></tu>"""
NUMBER = re.compile("\ue000(\\d+)\ue001")

# "12345: Error: text (KEY)"; stack frames have the same form. A unit without a segment in the
# source language is skipped with a mere warning, but whoever wrote the memory wants to know.
FAILURE = re.compile(r"\d+: (Error: (?!\s+at )|Warning: .*TMXR_WARNING_SOURCE_NOT_FOUND)")


@dataclass(frozen=True)
class Result:
    """What one run left behind: target files by name, and what OmegaT said."""

    translated: dict[str, str]
    errors: list[str]
    log: str

    @property
    def ok(self) -> bool:
        """Whether nothing went wrong; a text without translations is no error."""
        return not self.errors


def available() -> str:
    """Say why OmegaT cannot run here; empty when it can."""
    if JAR is None:
        return f"OmegaT is not at {_jar}: install it or set OMEGAT_JAR"
    return "" if shutil.which("java") else "OmegaT needs java on the PATH"


def translate(
    folder: Path,
    sources: Mapping[str, str],
    tmx: Sequence[Path],
    *,
    source_language: str = "kk",
    target_language: str = "en",
    segmentation: Path | None = None,
    timeout: float = 600,
) -> Result:
    """Translate texts with the exact matches of the memories, in a new project in `folder`.

    A folder that holds a project is refused, as its memories would have a say. Put units that
    disagree into one file, where the last wins: OmegaT reads files in no order of their own.
    """
    _new_project(folder, sources, source_language, target_language, segmentation)
    for number, memory in enumerate(tmx):  # two folders may hold files of the same name
        shutil.copy(memory, folder / "tm" / "auto" / f"{number:03}-{memory.name}")
    return _run(folder, timeout, "--mode=console-translate")


def segments(
    folder: Path,
    text: str,
    segmentation: Path | None = None,
    *,
    source_language: str = "kk",
    timeout: float = 600,
) -> list[str]:
    """Split a text as OmegaT does under these rules, or under its own if there are none.

    OmegaT can list its sentences, but in no order and each only once. So a second run
    "translates" every sentence to its number, and the target file tells the order. OmegaT
    composes its text (NFC) and takes lines without a blank line between them for one paragraph.
    """
    target_language = "kk" if source_language == "en" else "en"
    _new_project(folder, {"text.txt": text}, source_language, target_language, segmentation)
    listing = folder.resolve() / "sentences.tmx"
    mode = "--mode=console-createpseudotranslatetmx"
    options = (mode, f"--pseudotranslatetmx={listing}", "--pseudotranslatetype=equal")
    _must_be_ok(_run(folder, timeout, *options))
    sentences = [unit.findtext("tuv/seg", "") for unit in ET.parse(listing).iter("tu")]
    units = (
        UNIT.format(
            source=source_language, target=target_language, text=escape(sentence), number=number
        )
        for number, sentence in enumerate(sentences)
    )
    memory = TMX.format(source=source_language, units="".join(units))
    (folder / "tm" / "auto" / "numbers.tmx").write_text(memory, encoding="utf-8")
    result = _must_be_ok(_run(folder, timeout, "--mode=console-translate"))
    numbered = result.translated["text.txt"]
    if strays := NUMBER.sub("", numbered).strip():
        raise RuntimeError(f"OmegaT did not find again: {strays!r}")
    return [sentences[int(number)] for number in NUMBER.findall(numbered)]


def _must_be_ok(result: Result) -> Result:
    if not result.ok:
        raise RuntimeError("\n".join(result.errors))
    return result


def _new_project(
    folder: Path,
    sources: Mapping[str, str],
    source_language: str,
    target_language: str,
    segmentation: Path | None,
) -> None:
    for name in ("source", "target", "tm/auto", "omegat", "glossary", "dictionary"):
        (folder / name).mkdir(parents=True)
    project = PROJECT.format(source=source_language, target=target_language)
    (folder / "omegat.project").write_text(project, encoding="utf-8")
    (folder / "omegat" / "filters.xml").write_text(FILTERS, encoding="utf-8")
    for name, text in sources.items():
        path = folder / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    if segmentation is not None:
        shutil.copy(segmentation, folder / "omegat" / "segmentation.conf")


def _run(folder: Path, timeout: float, *options: str) -> Result:
    """Run OmegaT once on a project.

    The locale is pinned: OmegaT passes over a file name it cannot spell, in silence, and writes
    its log in the user's language.
    """
    folder = folder.resolve()
    java = ["java", "-Djava.awt.headless=true", f"-Duser.home={folder / 'home'}"]
    java += ["-Dfile.encoding=UTF-8", "-Duser.language=en", "-XX:TieredStopAtLevel=1"]
    process = subprocess.run(
        [*java, "-jar", str(JAR), str(folder), f"--config-dir={folder / 'config'}", *options],
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=timeout,
        check=False,
    )
    lines = [line for line in process.stdout.splitlines() if "(PLUGIN_LOAD_OK)" not in line]
    errors = [line.strip() for line in lines if FAILURE.match(line)]
    if process.returncode != 0:
        errors += [f"java ended with exit code {process.returncode}", *lines[-1:]]
    memories = sorted((folder / "tm" / "auto").iterdir())
    unread = (path for path in memories if f"Reading TMX file {path} " not in process.stdout)
    errors += [f"OmegaT passed over {path.name}" for path in unread]
    target = folder / "target"
    translated = {
        path.relative_to(target).as_posix(): path.read_bytes().decode()
        for path in sorted(target.rglob("*"))
        if path.is_file()
    }
    return Result(translated, errors, "\n".join(lines))
