"""The command check: what may be wrong with translations, for people and for other programs."""

from __future__ import annotations

import json
import sys
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

import click

import tmtool.formats
from tmtool.checks import CHECKS, DEFAULT, checked, dismissed, mender
from tmtool.checks.dictionaries import dictionary
from tmtool.cli import NO, Shared, configured_styles
from tmtool.cli.common import (
    Skipped,
    any_encoding_option,
    encoding_of,
    file_only,
    format_option,
    has_memory,
    is_memory,
    kind_of,
    language_map_option,
    languages,
    named,
    of_languages,
    open_memory,
    pass_shared,
    say_lost,
    shown,
    skip_bad_option,
    units_in,
)
from tmtool.cli.config import PROFILES
from tmtool.cli.maintain import carry_out
from tmtool.errors import FormatError, InputError, StoreError, TmtoolError
from tmtool.formats import format_of
from tmtool.glossary import languages_of, says_encoding
from tmtool.glossary import read as read_glossary
from tmtool.maintenance import Filter, Rewritten, Units
from tmtool.model import SEVERITIES, Finding, Languages, TranslationUnit
from tmtool.text import display_safe, plural

if TYPE_CHECKING:
    from tmtool.memory import Memory
    from tmtool.profiles import Tool


_TABLES = ("csv", "tsv", "xlsx")  # which hold terms as well as units


@dataclass(frozen=True, slots=True)
class Place:
    """A finding, its unit, and the unit's number in its file or document, from 1."""

    finding: Finding
    where: str
    number: int
    unit: TranslationUnit

    @property
    def text(self) -> str:
        """The text that is at fault."""
        finding = self.finding
        whole = (self.unit.source if finding.side == "source" else self.unit.target).text
        return whole[slice(*finding.span)] if finding.span else ""


Checked = tuple[str, Iterator[Place]]
"""The name of a file and what was found in it."""


def _names(context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> list[str]:
    """Names of checks, each option one or several with commas between."""
    names = [name.strip() for value in values for name in value.split(",")]
    for name in names:
        if name not in CHECKS and name != DEFAULT:
            raise click.BadParameter(f"there is no check {name!r}; --list shows them.")
    return names


def _take_profile(context: click.Context, option: click.Parameter, name: str | None) -> None:
    """Have the defaults of a profile of tmtool.toml hold."""
    if name is None:
        return
    profiles = context.meta.get(PROFILES, {})
    if name not in profiles:
        known = f"tmtool.toml has {', '.join(profiles) or 'none'}"
        raise click.BadParameter(f"there is no profile {name!r}; {known}.")
    context.default_map = {**(context.default_map or {}), **profiles[name]}


def _print_list(context: click.Context, option: click.Parameter, wanted: bool) -> None:
    if wanted:
        for one in CHECKS.values():
            severity = f"{one.severity}, optional" if one.is_optional else one.severity
            click.echo(f"{one.name}\t{severity}\t{one.help}")
        context.exit()


@click.command("check")
@click.argument("files", nargs=-1, metavar="[FILE|-]...")
@format_option("--from", "Format of the files.")
@any_encoding_option
@languages(source=None, target_required=False)
@click.option(
    "-d", "--document", metavar="NAME", callback=named, help="Only this document of the memory."
)
@click.option(
    "--select",
    metavar="NAMES",
    multiple=True,
    callback=_names,
    help=f"Only these checks; {DEFAULT} stands for all but those that --list calls optional.",
)
@click.option("--ignore", metavar="NAMES", multiple=True, callback=_names, help="Not these checks.")
@click.option(
    "--profile",
    metavar="NAME",
    is_eager=True,
    expose_value=False,
    callback=_take_profile,
    help="Take the options of [check.profiles.NAME] in tmtool.toml.",
)
@click.option(
    "--glossary",
    metavar="FILE",
    callback=file_only,
    help="More terms than the memory has, for check terms.",
)
@click.option(
    "--for",
    "tool",
    type=click.Choice(["omegat", "trados", "memoq", "wordfast", "generic"]),
    help="Look at TMX files as this tool will, and not at their translations.",
)
@click.option("--fix", is_flag=True, help="Mend what needs no guess; of files in a copy.")
@click.option("--dry-run", is_flag=True, help="With --fix: only show what would be mended.")
@click.option("-o", "--output", "copy", metavar="FILE", help="Where to write the copy.")
@click.option(
    "--dismiss",
    metavar="DOCUMENT:N:CHECK",
    multiple=True,
    help="Not to report a finding of the memory again, until its texts change; several times, "
    "if need be.",
)
@click.option(
    "--fail-on",
    type=click.Choice([*SEVERITIES, "never"]),
    default="warning",
    show_default=True,
    help="Exit with 1 if there is a finding as bad as this.",
)
@click.option(
    "--to",
    "kind",
    type=click.Choice(["table", "json", "sarif", "junit"]),
    default="table",
    show_default=True,
    help="How findings are written.",
)
@click.option("--json", "kind", flag_value="json", help="JSON Lines, the same as --to json.")
@click.option(
    "--list",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_list,
    help="Show the checks and what they find.",
)
@skip_bad_option
@language_map_option
@pass_shared
def check_command(
    shared: Shared,
    files: tuple[str, ...],
    format: str | None,
    source: str | None,
    target: str | None,
    document: str | None,
    select: list[str],
    ignore: list[str],
    glossary: str | None,
    tool: Tool | None,
    fix: bool,
    dry_run: bool,
    copy: str | None,
    dismiss: tuple[str, ...],
    fail_on: str,
    kind: str,
    skip_bad: bool,
    language_map: dict[str, str],
) -> None:
    """Find what may be wrong with translations.

    Of the memory if no FILE is named, of one document with -d, else of bilingual files or other
    memories. A finding
    is one line: file or document and number of the unit, severity, check, what is wrong, and the
    text at fault. Rejected units are passed over. Exits with 1 if there is something to mend.
    --dismiss takes that place and the check, as in interview:12:numbers. --fix puts spaces,
    letters of other scripts and what [style.LANG] in tmtool.toml fixes in order, in the memory in
    one action, or of a FILE in -o FILE. A broken file is not checked; with --skip-bad each bad unit
    is reported, and the exit code is 1.

    With --for, what a CAT tool will make of TMX files: what keeps them from loading, which units
    it skips, empties or never matches. --fix -o FILE writes a copy that is mended as far as that
    needs no guessing; --lang-map kk=kk-KZ says which region a language is to have.
    """
    if bool(source) != bool(target):
        raise click.UsageError("-s and -t go together.")
    if files and document:
        raise click.UsageError("-d names a document of the memory; files have none.")
    pair = (source, target) if source and target else None
    worst = SEVERITIES[: SEVERITIES.index(fail_on) + 1] if fail_on in SEVERITIES else ()
    if (copy or dry_run) and not fix:
        raise click.UsageError("-o and --dry-run go with --fix.")
    if dismiss and (files or fix or tool):
        raise click.UsageError("--dismiss is for findings of the memory.")
    if skip_bad and (tool or not files):
        raise click.UsageError(
            "--skip-bad is for files, of which --for names the bad units anyway."
        )
    bad = Skipped()
    if tool:
        from tmtool.cli.preflight import preflight

        if kind not in ("table", "json"):
            raise click.UsageError("--for writes a table or --json.")
        if not files:
            raise click.UsageError("--for looks at TMX files; name one.")
        if fix and (len(files) != 1 or not (copy or dry_run)):
            raise click.UsageError(
                "--fix mends one FILE and needs -o FILE to write the copy to, or --dry-run."
            )
        if copy and copy != "-" and not copy.lower().endswith(".tmx"):
            raise click.UsageError(f"--for mends a TMX; name the copy .tmx, not {copy}.")
        if others := [file for file in files if file != "-" and _kind(file, format) != "tmx"]:
            raise click.UsageError(f"--for looks at TMX files; {others[0]} is none.")
        preflight(
            shared,
            files,
            tool,
            languages=pair,
            language_map=language_map,
            fix=fix,
            copy=None if dry_run else copy,
            worst=worst,
            as_json=kind == "json",
        )
        return
    if fix:
        if kind != "table":
            raise click.UsageError("--fix writes what it changes, and no other table of it.")
        if len(files) > 1:
            raise click.UsageError("--fix mends one FILE, or the memory.")
        file = files[0] if files else None
        if document:
            with open_memory(shared) as memory:
                _must_hold(memory, document)
        repaired = mender(select, ignore, configured_styles())

        def rewritten(held: Units) -> Iterator[Rewritten]:
            wanted, is_any = Filter(source, target, document), False
            for unit in held():
                is_wanted = wanted(unit)
                is_any |= is_wanted
                yield unit, repaired(unit) if is_wanted else unit
            if pair and not is_any:  # before a file is written
                _say_none(shared, pair, "mended")

        carry_out(
            shared,
            "fix",
            rewritten,
            file,
            format,
            copy,
            dry_run=dry_run,
            languages=pair,
            language_map=language_map,
            bad=bad if skip_bad else None,
        )
        _say_bad(shared, bad)
        return
    hint = "check the name; a document of the memory is named with -d"
    kinds = [_kind(file, format, hint=hint) for file in files]
    terms = _known_terms(shared, is_needed=not files)
    standard_input: BinaryIO = sys.stdin.buffer
    if glossary and _is_of_units(glossary):
        terms += _read(glossary, format_of(glossary, is_read=True), pair, language_map)
    elif glossary and pair:
        terms += _terms(glossary, [pair])
    elif glossary:
        if "-" in files:
            standard_input = BytesIO(standard_input.read())
        unheard = (None, language_map, (lambda _: None) if skip_bad else None, Counter[str]())
        inputs = _inputs(shared, files, kinds, standard_input, document, *unheard)
        spoken = dict.fromkeys(unit.languages for _, _, units in inputs for unit in units)
        terms += _terms(glossary, spoken)
        if "-" in files:
            standard_input.seek(0)
    counts = dict.fromkeys(SEVERITIES, 0)
    styles = configured_styles()
    targets = set[str]()
    numbers = deque[int]()  # of units that were read and not told of yet
    lost: Counter[str] = Counter()

    def checks() -> Iterator[Checked]:
        reading = (pair, language_map, bad if skip_bad else None, lost)
        inputs = _inputs(shared, files, kinds, standard_input, document, *reading)
        for name, is_held, units in inputs:
            numbers.clear()
            found = checked(seen(units), select, ignore, terms, styles)
            yield name, counted(_placed(name, found, numbers, by_document=is_held))
            say_lost(shared, name, lost)

    def seen(units: Iterable[TranslationUnit]) -> Iterator[TranslationUnit]:
        before = bad.count
        for number, unit in enumerate(units, 1):
            targets.add(unit.target.language)
            numbers.append(number + bad.count - before)
            yield unit

    def counted(places: Iterable[Place]) -> Iterator[Place]:
        for place in places:
            counts[place.finding.severity] += 1
            yield place

    if dismiss:
        _dismiss(shared, dismiss, (place for _, places in checks() for place in places))
        return
    for line in _WRITERS[kind](checks()):
        click.echo(line)
    if pair and not targets:
        _say_none(shared, pair, "checked")
    if "spelling" in select:
        for language in sorted(code for code in targets if dictionary(code) is None):
            shared.say(f"no dictionary of {language} is installed; hunspell has some")
    said = ", ".join(plural(count, name) for name, count in counts.items() if count)
    shared.say(said.replace("infos", "info") or "nothing found")
    _say_bad(shared, bad)
    if any(counts[name] for name in worst):
        sys.exit(NO)


def _inputs(
    shared: Shared,
    files: tuple[str, ...],
    kinds: list[str],
    standard_input: BinaryIO,
    document: str | None,
    pair: Languages | None,
    language_map: dict[str, str],
    bad: Callable[[FormatError], None] | None,
    lost: Counter[str],
) -> Iterator[tuple[str, bool, Iterable[TranslationUnit]]]:
    """What is to be checked: its name, whether a memory holds it, and its units."""
    for file, kind in zip(files, kinds, strict=True):
        stream = standard_input if file == "-" else file
        units = (
            _read(stream, kind, pair, language_map, bad, lost)
            if kind
            else units_in(
                shared, file, None, languages=pair, language_map=language_map, lost=lost
            )()
        )
        yield file, not kind, units
    if files:
        return
    with open_memory(shared) as memory:
        if document:
            _must_hold(memory, document)
        source, target = pair or (None, None)
        chosen = of_languages(partial(memory.units, document=document), source, target, lost)
        yield document or str(shared.memory), True, chosen()


def _must_hold(memory: Memory, document: str) -> None:
    if all(document != name for name, _, _ in memory.document_names()):
        hint = "'tmtool documents' lists those it holds"
        raise TmtoolError(f"no document {document!r} in the memory", hint=hint)


def _kind(file: str, format: str | None, *, hint: str = "check the name") -> str:
    """The format of a file, nothing for a memory."""
    return "" if is_memory(file) else kind_of(file, format, hint=hint)


def _read(
    file: str | BinaryIO,
    kind: str,
    pair: Languages | None,
    language_map: dict[str, str],
    bad: Callable[[FormatError], None] | None = None,
    lost: Counter[str] | None = None,
) -> Iterator[TranslationUnit]:
    return tmtool.formats.read(
        file,
        format=kind,
        languages=pair,
        language_map=language_map,
        encoding=encoding_of(kind),
        bad=bad,
        lost=lost,
    )


def _say_none(shared: Shared, pair: Languages, done: str) -> NoReturn:
    """Say that no unit is in the languages that were asked for; exit with 1."""
    shared.say(f"no unit is in {'-'.join(pair)}, as -s and -t say; nothing is {done}")
    sys.exit(NO)


def _say_bad(shared: Shared, bad: Skipped) -> None:
    """Say how many units were left out as bad; exit with 1 if there are any."""
    if bad.count:
        shared.say(f"{bad.count} bad left out")
        sys.exit(NO)


def _known_terms(shared: Shared, *, is_needed: bool) -> list[TranslationUnit]:
    """The terms of the memory; none where it is not there or of no use."""
    if not has_memory(shared):
        return []
    ignored = () if is_needed else (StoreError,)
    with suppress(*ignored), open_memory(shared) as memory:
        return list(memory.glossary())
    return []


def _is_of_units(path: str) -> bool:
    """Whether a glossary is a file of translation units, which are terms there."""
    with suppress(TmtoolError):
        return format_of(path, is_read=True) not in _TABLES
    return False


def _terms(path: str, pairs: Collection[Languages]) -> Iterator[TranslationUnit]:
    """The terms of TBX or a table, between languages of which it has some."""
    encoding = None if says_encoding(path) else encoding_of("tsv")
    if len(pairs) > 1 and not languages_of(path, encoding=encoding):
        raise click.UsageError(f"--glossary {path} names no languages; say them with -s and -t.")
    failed = list[InputError]()
    for pair in pairs:
        try:
            terms = read_glossary(path, pair, encoding=encoding)
        except FormatError:
            raise
        except InputError as error:
            failed.append(error)
        else:
            yield from (term.unit(pair) for term in terms)
    if failed and len(failed) == len(pairs):
        raise failed[0]


def _placed(
    name: str,
    checks: Iterable[tuple[TranslationUnit, list[Finding]]],
    numbers: deque[int],
    *,
    by_document: bool,
) -> Iterator[Place]:
    """Findings with the units they are in, which documents count or ``numbers`` are of."""
    counts: Counter[str] = Counter()
    for unit, found in checks:
        where = (by_document and unit.document) or name
        counts[where] += 1
        in_file = numbers.popleft()
        for finding in found:
            yield Place(finding, where, counts[where] if by_document else in_file, unit)


def _dismiss(shared: Shared, wanted: Collection[str], places: Iterable[Place]) -> None:
    """Put into units of the memory that findings are not to be reported again."""
    changed: dict[str, tuple[TranslationUnit, TranslationUnit]] = {}
    left, count = dict.fromkeys(wanted), 0
    for place in places:
        called = f"{place.where}:{place.number}:{place.finding.check}"
        if called in wanted:
            left.pop(called, None)
            count += 1
            before, after = changed.get(place.unit.id, (place.unit, place.unit))
            changed[place.unit.id] = before, dismissed(after, place.finding)
    if left:
        hint = "as 'tmtool check' shows them: DOCUMENT:N:CHECK"
        raise TmtoolError(f"there is no finding {next(iter(left))!r}", hint=hint)
    with open_memory(shared) as memory:
        memory.change("dismiss", list(changed.values()))
    shared.say(f"{plural(count, 'finding')} dismissed")


def _table(files: Iterable[Checked]) -> Iterator[str]:
    for _, places in files:
        for place in places:
            finding = place.finding
            fields = (
                f"{place.where}:{place.number}",
                finding.severity,
                finding.check,
                finding.message,
            )
            yield "\t".join(shown(field) for field in (*fields, place.text)).rstrip("\t")


def _json(files: Iterable[Checked]) -> Iterator[str]:
    for name, places in files:
        for place in places:
            fields = asdict(place.finding) | {"file": name, "number": place.number}
            fields["document"] = place.unit.document
            yield shown(json.dumps(fields, ensure_ascii=False))


def _sarif(files: Iterable[Checked]) -> Iterator[str]:
    """One SARIF 2.1.0 log; the number of a unit stands for its line. The side at fault, and where
    in its text the fault is, are properties."""
    levels = {"error": "error", "warning": "warning", "info": "note"}
    results: list[dict[str, Any]] = []
    for name, place in ((name, place) for name, places in files for place in places):
        finding = place.finding
        region: dict[str, Any] = {"startLine": place.number}
        if place.text:
            region["snippet"] = {"text": place.text}
        where = {"physicalLocation": {"artifactLocation": {"uri": quote(name)}, "region": region}}
        logical = {
            "name": finding.unit_id or str(place.number),
            "fullyQualifiedName": f"{place.where}:{place.number}",
            "kind": "element",
        }
        results.append(
            {
                "ruleId": finding.check,
                "level": levels[finding.severity],
                "message": {"text": finding.message},
                "locations": [where | {"logicalLocations": [logical]}],
                "properties": {"side": finding.side, "span": finding.span},
            }
        )
    rules = [{"id": one.name, "shortDescription": {"text": one.help}} for one in CHECKS.values()]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "tmtool", "rules": rules}},
                "results": results,
            }
        ],
    }
    yield shown(json.dumps(log, ensure_ascii=False, indent=1))


def _junit(files: Iterable[Checked]) -> Iterator[str]:
    """JUnit XML: a suite for each file, a failed case for each finding, or one that passed."""
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield "<testsuites>"
    for file, places in files:
        cases = list(places)
        count = len(cases)
        yield f'<testsuite name={_attribute(file)} tests="{count or 1}" failures="{count}">'
        if not cases:
            yield f"<testcase classname={_attribute(file)} name={_attribute('nothing found')}/>"
        for place in cases:
            finding = place.finding
            name = _attribute(f"{place.number} {finding.check}")
            yield f"<testcase classname={_attribute(file)} name={name}>"
            text = escape(_xml(place.text))
            said = f"<failure type={_attribute(finding.severity)}"
            yield f"{said} message={_attribute(finding.message)}>{text}</failure></testcase>"
        yield "</testsuite>"
    yield "</testsuites>"


def _attribute(text: str) -> str:
    return quoteattr(_xml(text))


def _xml(text: str) -> str:
    """Text as XML may hold it, with nothing in it that a terminal obeys."""
    return display_safe(text)


_WRITERS: dict[str, Callable[[Iterable[Checked]], Iterator[str]]] = {
    "table": _table,
    "json": _json,
    "sarif": _sarif,
    "junit": _junit,
}
