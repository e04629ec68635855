"""What an enemy may put into a file, a text or a name, and what comes of it: nothing."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import pexpect
import pytest

from tests.conftest import Program, pair
from tmtool import formats
from tmtool.cli import COMMANDS
from tmtool.memory import Memory

# A title, a colour, a question, the same in C1, overrides of direction, a tag, a backspace, a
# line that overwrites another.
EVIL = (
    "a\x1b]0;PWN\x07b\x1b[95mc\x1b[6nd\x9b95me\x9d0;PWN\x9cf\u202eg\u2066h\x7fi\x08j\u200fk"
    "\U000e0041l\rm\x85n\u2028o\x1bPq"
)
FILE = EVIL.replace("\r", "")
_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)
# Our own colours and bars, which begin their line anew.
_OWN = re.compile(r"\x1b\[(?:0|1|4|9|31|33|36)m|\x1b\[K|\x1b\[\?25[lh]|\r(?=[\x1b\n])|\r(?=\S.*\[)")

_ONE_AFTER_THE_OTHER = """
import json, sys
from pathlib import Path
from tmtool.cli import run
for arguments in json.loads(Path("commands.json").read_text("utf-8")):
    print("\\n==", *map(ascii, arguments), flush=True)
    try:
        run(["-m", sys.argv[1], *arguments])
    except SystemExit as ended:
        print("\\n--", ended.code, flush=True)
"""


def _commands(memory: str) -> list[list[str]]:
    """Every command but those that ask, on names and texts that are evil; what it says is shown."""
    tsv, tmx, text, other = (f"{FILE}{end}" for end in (".tsv", ".tmx", ".kk.txt", ".en.txt"))
    kk_en = ["-s", "kk", "-t", "en"]
    return [
        *(["segment", text, *options] for options in ([], ["--explain"], ["--json"], ["--tokens"])),
        ["segment", text, text, "--offsets"],
        ["segment", text, text, "--explain"],
        ["segment", text, "-o", f"{FILE}.out"],
        ["segment", text, "--srx", tsv],
        ["segment", text, "--prefixes", f"{FILE}.prefixes"],
        ["align", text, other, "-t", "en", "--force"],
        ["align", text, other, "-t", "en", "--force", "-o", f"{FILE}.jsonl"],
        ["align", text, other, "-t", "en", "--add", "--force"],
        ["align", text, other, "-t", "en", "-d", EVIL, "--add", "--force"],
        ["align", "--pairs", f"{FILE}.list", "-t", "en", "--add"],
        ["corpus", f"{FILE}.list", "-t", "en", "-o", f"{FILE}.shards", "--jobs", "1"],
        ["translate", text, "-t", "en", "--from", other],
        *(["check", *options] for options in ([], ["--to", "sarif"], ["--to", "junit"], ["--json"])),
        ["check", "--fix", "--dry-run"],
        ["check", "--dismiss", f"{EVIL}:1:numbers"],
        ["check", tsv, *kk_en],
        ["check", tsv, *kk_en, "--fix", "-o", f"{FILE}.fixed.tsv"],
        ["check", tsv, *kk_en, "--glossary", f"{FILE}.glossary.tsv"],
        ["check", tsv, *kk_en, "--select", EVIL],
        ["check", tsv, *kk_en, "--profile", EVIL],
        ["check", tmx, "--for", "omegat"],
        ["check", "--list"],
        ["report", EVIL, "-o", "-"],
        ["report", EVIL, "-o", f"{FILE}.html"],
        ["report", "-o", "-"],
        *(["lookup", EVIL, *options] for options in ([], ["--json"], ["--min", "50"])),
        ["lookup", "Бағасы 26 теңге болды", "--min", "50"],
        *(["concordance", "теңге", *options] for options in ([], ["--json"], ["--to", "tsv"])),
        ["concordance", f"[{EVIL}", "--regex"],
        ["terms", "--add", f"{FILE}.glossary.tsv", *kk_en],
        ["terms"],
        ["terms", "--json"],
        ["terms", "--remove", EVIL, *kk_en],
        *(["stats", text, text, *options] for options in ([], ["--csv"], ["--json"], ["-t", "en"])),
        ["pretranslate", text, "-t", "en", "--min", "50"],
        ["documents"],
        ["documents", "--json"],
        ["import", tsv, *kk_en, "--dry-run"],
        ["import", tsv, *kk_en, "-d", EVIL],
        ["import", tsv, *kk_en, "--dry-run", "--on-conflict", "replace"],
        *(["import", f"{FILE}.bad.{kind}", "--skip-bad"] for kind in ("tmx", "jsonl", "xlf", "po")),
        *(["export", "-", "--to", kind] for kind in formats.FORMATS),
        ["export", f"{FILE}.out.tmx"],
        ["export", f"{FILE}.out.tmx", "--for", "trados", "--lang-map", f"en={EVIL}"],
        ["export", f"{FILE}.parts.tsv", "--split", "document"],
        ["convert", tsv, "-", "--to", "jsonl", *kk_en],
        ["convert", tsv, f"{FILE}.none", *kk_en],
        ["info"],
        ["info", tmx, "--json"],
        ["diff", tmx, memory],
        ["diff", tmx, memory, "--texts"],
        ["diff", tmx, memory, "--json"],
        ["merge", tmx, memory, "-o", f"{FILE}.merged.tmx"],
        ["dedupe", "--dry-run", "--ignore", "punctuation"],
        ["remove", "--longest", "100000", "--dry-run"],
        ["remove", "--by", EVIL, "--dry-run"],
        ["replace", "теңге", f"доллар{EVIL}", "--in", "source", "--dry-run"],
        ["replace", "теңге", f"доллар{EVIL}", "--in", "source"],
        ["recode", "kk=kk-KZ", "--dry-run"],
        ["recode", f"kk={EVIL}"],
        ["history"],
        ["history", "--json"],
        ["history", EVIL],
        ["history", "-d", EVIL],
        ["history", "-d", EVIL, "--json"],
        ["undo", "--dry-run"],
        ["undo"],
        ["undo", "--since", EVIL],
        ["compact", "--forget", "--dry-run"],
        ["compact"],
        ["backup", f"{FILE}.copy.db"],
        ["team", "list"],
        ["doctor"],
        ["doctor", "--json"],
        ["doctor", "--rescue", f"{FILE}.rescued.db"],
        ["completion", "bash"],
        ["manual"],
        [EVIL],
        ["stats", f"--{EVIL}"],
        ["stats", f"{FILE}.none"],
        ["review", f"{EVIL}none"],
    ]


@pytest.fixture
def evil(tmp_path: Path) -> str:
    """The name of a memory; in it, and in files beside it, everything is evil."""
    memory = f"{FILE}.db"
    units = [
        pair(f"Бағасы 25 теңге{EVIL}.", f"The price is 52{EVIL}.", document=EVIL, position=1.0),
        pair(f"Екі {EVIL}.", f"Two {EVIL}.", document=EVIL, position=2.0),
        pair(f"Екі {EVIL}!", f"Two {EVIL}."),
    ]
    units = [
        replace(
            unit,
            id=f"{EVIL}{number}",
            notes=(EVIL,),
            origin=EVIL,
            created_by=EVIL,
            changed_by=EVIL,
            props=((EVIL, EVIL), (f"x-tmtool:{EVIL}", EVIL)),
        )
        for number, unit in enumerate(units)
    ]
    with Memory.open(tmp_path / memory, author=EVIL) as opened:
        opened.add(units)
    files: dict[str, str | bytes] = {
        ".tsv": f"Бағасы 25 теңге{EVIL}\tPrice 26{EVIL}\n".replace("\r", ""),
        ".kk.txt": f"Бағасы 25 теңге{EVIL}. Екі {EVIL}.\n",
        ".en.txt": f"The price is 52{EVIL}. Two {EVIL}.\n",
        ".prefixes": f"{EVIL} {EVIL} #{EVIL}#\n",
        ".list": f"{FILE}.kk.txt\t{FILE}.en.txt\t{EVIL}\n{FILE}.none\t{FILE}.en.txt\n",
        ".glossary.tsv": f"теңге{FILE}\ttenge{FILE}\n",
        ".bad.tmx": f'<tmx version="1.4"><header srclang="kk"/><body>\n<tu><tuv xml:lang="k\x85{EVIL}'
        '"><seg>a</seg></tuv></tu></body></tmx>',
        ".bad.jsonl": json.dumps({"source": EVIL, EVIL: EVIL}) + "\n",
        ".bad.xlf": f"<{EVIL}/>",
        ".bad.po": f'msgid "a"\nmsgstr "b"\n{EVIL} "c"\n',
    }
    for end, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (tmp_path / f"{FILE}{end}").write_bytes(data)
    with (tmp_path / f"{FILE}.tmx").open("wb") as file:
        formats.write(units, file, format="tmx")
    return memory


def _obeyed(shown: str) -> list[str]:
    """What was shown that a terminal would obey, and is not our own, with its surroundings."""
    text = _OWN.sub("", shown.replace("\r\n", "\n").replace("\x1b[95m", "\x1b"))
    return [text[max(0, hit.start() - 80) : hit.end() + 40] for hit in _OBEYED.finditer(text)]


def test_nothing_of_the_data_steers_the_terminal(
    tmp_path: Path, evil: str, environment: dict[str, str]
) -> None:
    """Every command, with controls in texts, notes, names, documents, files and arguments."""
    commands = _commands(evil)
    asking = {"review", "translate"}  # below, and in test_tui_terminal
    assert {each[0] for each in commands} - {EVIL} >= COMMANDS.keys() - asking
    (tmp_path / "commands.json").write_text(json.dumps(commands), "utf-8")
    (tmp_path / "all.py").write_text(_ONE_AFTER_THE_OTHER, "utf-8")
    child = pexpect.spawn(
        sys.executable,
        ["all.py", evil],
        cwd=str(tmp_path),
        env=environment | {"TERM": "xterm-256color"},
        timeout=120,
        dimensions=(40, 200),
    )
    child.expect(pexpect.EOF)
    child.close()
    shown = child.before.decode("utf-8")
    assert shown.count("\n== ") == shown.count("\n-- ") == len(commands)
    for part in shown.split("\n== ")[1:]:
        assert "\n-- 70" not in part, part
        assert "Traceback" not in part, part
    assert shown.count("PWN") > 200
    assert not _obeyed(shown)


@pytest.mark.parametrize(
    ("command", "answers"),
    [
        (["review", EVIL, "--plain"], ["e", "x", "?", "f", "q"]),
        (["translate", f"{FILE}.kk.txt", "-t", "en", "--plain"], [":h", ":s", ":b", ":q"]),
    ],
    ids=["review", "translate"],
)
def test_nothing_of_the_data_steers_a_conversation(
    tmp_path: Path, evil: str, environment: dict[str, str], command: list[str], answers: list[str]
) -> None:
    """Nor where commands ask line by line."""
    child = pexpect.spawn(
        sys.executable,
        ["-m", "tmtool", "-m", evil, *command],
        cwd=str(tmp_path),
        env=environment | {"TERM": "dumb"},
        timeout=60,
        dimensions=(40, 200),
        echo=False,
    )
    shown = b""
    for answer in answers:
        child.expect(r"(\[a,x[^\]]*\]|:|>) $")
        shown += child.before + child.after
        child.sendline(answer)
    child.expect(pexpect.EOF)
    shown += child.before
    text = shown.decode("utf-8")
    assert "PWN" in text
    assert not _obeyed(text)


def test_what_would_be_obeyed_is_seen() -> None:
    """The tests above look for what they mean to; our own colours and bars are no fault."""
    assert len(_obeyed(EVIL)) == 17
    assert not _obeyed("\x1b[36m\x1b[4mсөз\x1b[0m\r\n\rfile.kk  [####]  100%\x1b[K\n\r\x1b[?25l")
