"""What an enemy may put into a file, a text or a name, and what comes of it: nothing."""

from __future__ import annotations

import json
import os
import re
import socket
import stat
import subprocess
import sys
import zipfile
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import openpyxl
import pexpect
import pytest

from tests.conftest import Program, pair, until
from tests.test_formats_xlsx import SHEET, repacked
from tmtool import cli, formats, glossary, srx
from tmtool.cli import COMMANDS
from tmtool.errors import FormatError
from tmtool.language import DATA
from tmtool.memory import Memory
from tmtool.model import Code, Term, Variant
from tmtool.store.drafts import KeptDrafts
from tmtool.store.mirror import Mirror
from tmtool.store.mirror import folder as mirror_folder

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
        *(
            ["check", *options]
            for options in ([], ["--to", "sarif"], ["--to", "junit"], ["--json"])
        ),
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
        ["redo", "--dry-run"],
        ["redo"],
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
        ".bad.tmx": '<tmx version="1.4"><header srclang="kk"/><body>\n<tu>'
        f'<tuv xml:lang="k\x85{EVIL}"><seg>a</seg></tuv></tu></body></tmx>',
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


# What is read


def _with_doctype(text: str, doctype: str) -> str:
    """An XML text with a DOCTYPE, and what it defines in place of a word."""
    head, body = re.fullmatch(r"(?s)(<\?xml.*?\?>\s*)?(.*)", text).groups("")  # type: ignore[union-attr]
    return f"{head}{doctype}{body.replace('DEFINED', '&e;&h;')}"


def _read(path: Path) -> object:
    """All that a file says, whatever its kind."""
    match path.suffix:
        case ".tbx":
            return glossary.read(path, ("kk", "en"))
        case ".srx":
            return srx.read(path, "kk")
        case _:
            return list(formats.read(path))


@pytest.mark.parametrize("suffix", ["tmx", "xlf", "xliff", "xlsx", "tbx", "srx", "jsonl"])
def test_no_file_has_another_one_read_or_fetched(tmp_path: Path, suffix: str) -> None:
    """By a DOCTYPE, by entities of any kind, or by an inline code."""
    path, secret = tmp_path / f"evil.{suffix}", tmp_path / "secret.txt"
    secret.write_text("secret", "utf-8")
    units = [pair("DEFINED", "Yes")]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        place = f"http://127.0.0.1:{listening.getsockname()[1]}"
        doctype = (
            f'<!DOCTYPE x SYSTEM "{place}/x.dtd" [<!ENTITY % p SYSTEM "{place}/p"> %p; '
            f'<!ENTITY e SYSTEM "{secret.as_uri()}"><!ENTITY h SYSTEM "{place}/h">]>'
        )
        match suffix:
            case "tbx":
                glossary.write([Term("DEFINED", "Yes")], path, ("kk", "en"))
            case "srx":
                rules = (DATA / "kk" / "segment.srx").read_text("utf-8")
                path.write_text(rules.replace("<beforebreak>", "<beforebreak>DEFINED", 1), "utf-8")
            case "jsonl":
                code = Code("ph", f"{doctype}<ph>&e;&h;</ph>")
                formats.write([replace(units[0], target=Variant("en", ("Yes", code)))], path)
            case _:
                formats.write(units, path)
        if suffix == "xlsx":
            with zipfile.ZipFile(path) as book:
                sheet = _with_doctype(book.read(SHEET).decode(), doctype).encode()
            path.write_bytes(repacked(path.read_bytes(), {SHEET: sheet}))
        elif suffix != "jsonl":
            path.write_text(_with_doctype(path.read_text("utf-8"), doctype), "utf-8")
        if suffix == "jsonl":
            out = BytesIO()
            formats.write(formats.read(path), out, format="xlf")
            seen = out.getvalue().decode()
        else:
            with pytest.raises(FormatError) as refused:
                _read(path)
            seen = str(refused.value)
        with pytest.raises(BlockingIOError):  # nobody called
            listening.accept()
    assert "secret" not in seen.replace("secret.txt", "")


LAUGHS = "".join(f'<!ENTITY {b} "{f"&{a};" * 20}">' for a, b in pairwise("abcdefghij"))


@pytest.mark.parametrize("suffix", ["tbx", "srx"])
@pytest.mark.parametrize("kind", ["laughs", "deep", "huge"])
def test_a_bomb_does_not_go_off(tmp_path: Path, suffix: str, kind: str) -> None:
    """Entities of entities, elements in elements, a text without end."""
    doctype, text = {
        "laughs": (f'<!DOCTYPE x [<!ENTITY a "ha">{LAUGHS}]>', "&j;"),
        "deep": ("", "<x>" * 5000 + "</x>" * 5000),
        "huge": ("", "а" * 12_000_000),
    }[kind]
    path = tmp_path / f"bomb.{suffix}"
    if suffix == "tbx":
        glossary.write([Term("DEFINED", "Yes")], path, ("kk", "en"))
    else:
        path.write_text((DATA / "kk" / "segment.srx").read_text("utf-8"), "utf-8")
        rules = path.read_text("utf-8").replace("<beforebreak>", "<beforebreak>DEFINED", 1)
        path.write_text(rules, "utf-8")
    bomb = _with_doctype(path.read_text("utf-8").replace("DEFINED", "BOMB"), doctype)
    path.write_text(bomb.replace("BOMB", text), "utf-8")
    with pytest.raises(FormatError, match=re.escape(str(path))):
        _read(path)


# What is written


def _tree(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_no_name_of_the_data_leads_out(tmtool: Program, tmp_path: Path) -> None:
    """Documents that are called as files elsewhere are cut into files that were named."""
    work = tmp_path / "work"
    work.mkdir()
    names = ["../evil", "/tmp/evil", "..", "a/../../evil", "C:\\evil", "\x1bevil", ".evil"]
    with Memory.open(work / "m.db") as memory:
        memory.add(pair(f"Сөз {n}.", f"Word {n}.", document=name) for n, name in enumerate(names))
    before = _tree(tmp_path)
    tmtool("-m", "m.db", "export", "out/x.tsv", "--split", "document", cwd=work, status=3)
    (work / "out").mkdir()
    tmtool("-m", "m.db", "export", "out/x.tsv", "--split", "document", cwd=work)
    for name in names:
        tmtool("-m", "m.db", "report", name, "-o", "out/r.html", cwd=work)
    new = _tree(tmp_path) - before
    assert len(list((work / "out").glob("x-*.tsv"))) == len(names)
    assert {each for each in new if not each.startswith("work/out")} == set()


def test_a_link_is_followed_to_where_it_leads(tmtool: Program, tmp_path: Path) -> None:
    """To a file that is there or not; one that leads to a folder is refused."""
    with Memory.open(tmp_path / "m.db") as memory:
        memory.add([pair("Иә.", "Yes.")])
    (tmp_path / "there").mkdir()
    for name, target in {"a": "there/a.tsv", "round": "round", "folder": "there"}.items():
        (tmp_path / name).symlink_to(target)
    export = ("-m", "m.db", "export", "--to", "tsv")
    tmtool(*export, "a")
    assert (tmp_path / "a").is_symlink()
    assert (tmp_path / "there" / "a.tsv").read_text("utf-8") == "Иә.\tYes.\n"
    tmtool(*export, "round")
    assert not (tmp_path / "round").is_symlink()
    assert tmtool(*export, "folder", status=3).stderr.startswith("tmtool: folder: cannot be writ")
    (tmp_path / "memory").symlink_to("m.db")
    assert "is read by this command" in tmtool(*export, "memory", status=2).stderr
    assert _tree(tmp_path / "there") == {"a.tsv"}


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600)])
def test_what_is_made_has_the_rights_the_user_gives(
    tmp_path: Path, environment: dict[str, str], umask: int, mode: int
) -> None:
    """The memory, its copies, and files that are written."""
    (tmp_path / "a.tsv").write_text("Иә.\tYes.\n", "utf-8")
    for arguments in (
        ["import", "a.tsv", "-s", "kk", "-t", "en"],
        ["export", "a.tmx"],
        ["backup", "copy.db"],
    ):
        subprocess.run(
            [sys.executable, "-m", "tmtool", "-m", "new/m.db", *arguments],
            cwd=tmp_path,
            env=environment,
            umask=umask,
            check=True,
            capture_output=True,
        )
    assert {
        name: stat.S_IMODE((tmp_path / name).stat().st_mode)
        for name in ("new/m.db", "a.tmx", "copy.db")
    } == {"new/m.db": mode, "a.tmx": mode, "copy.db": mode}


def test_what_is_kept_aside_is_for_its_user_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index of a server's units, drafts, and the log of a bug, whatever the umask."""
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    before = os.umask(0)
    try:
        Mirror(mirror_folder() / "mirror.db", None).close()
        KeptDrafts("postgresql://server/memory").put(("1", "aigul", "Иә", ""))
        cli._log()
    finally:
        os.umask(before)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(path.name for path in files) == ["bug.log", "drafts.db", "mirror.db"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    """Whichever field of a unit looks like one."""
    evil = "=HYPERLINK(1)"
    unit = pair(evil, evil, id=evil, document=evil, notes=(evil,), props=((evil, evil),))
    file = BytesIO()
    formats.write([unit], file, format="xlsx")
    sheet = openpyxl.load_workbook(file).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert sum(cell.value == evil for cell in cells) >= 5
    assert {cell.data_type for cell in cells} == {"s"}


# Passwords


def test_no_list_of_processes_shows_a_password(tmp_path: Path, environment: dict[str, str]) -> None:
    """However the URL is given; the rest of the command can still be read."""
    secret = "postgresql://owner:geheim@127.0.0.1:1/m?sslpassword=geheim"
    for option in (["-m", secret], [f"-m{secret}"], [f"--memory={secret}"]):
        with subprocess.Popen(
            [sys.executable, "-m", "tmtool", *option, "import", "-", "--from", "jsonl"],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=environment,
        ) as process:
            command = Path(f"/proc/{process.pid}/cmdline")
            until(lambda: b"geheim" not in (command.read_bytes() or b"geheim"))  # noqa: B023
            shown = command.read_bytes()
            _, errors = process.communicate(b"")
        assert b"owner@127.0.0.1:1/m import - --from jsonl" in shown
        assert process.returncode == 4
        assert b"geheim" not in errors


def test_the_log_of_a_bug_holds_no_password(tmtool: Program, tmp_path: Path) -> None:
    """It is there to be sent to others."""
    breaking = tmp_path / "sitecustomize.py"
    breaking.write_text("import psycopg; psycopg.connect = lambda *a, **k: 1 / 0")
    secret = "postgresql://owner:geheim@127.0.0.1:1/m?sslpassword=geheim"
    done = tmtool("-m", secret, "documents", status=70, PYTHONPATH=str(tmp_path))
    log = (tmp_path / "state" / "tmtool" / "bug.log").read_text("utf-8")
    assert "ZeroDivisionError" in log
    assert "geheim" not in done.stderr + log
