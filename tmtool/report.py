"""A document as one page that people look at: pairs, states, confidence, findings, edits.

The page fetches nothing and runs no script but its own, which it names by their hashes to the
browser (Content Security Policy). All that comes from texts is escaped, characters that steer a
terminal or the order of reading are shown by name. The same document gives the same bytes.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from itertools import pairwise

from tmtool.formats.html import shown
from tmtool.formats.plain import marked
from tmtool.leverage import BANDS, Analysis
from tmtool.match import diff
from tmtool.model import SEVERITIES, STATES, Finding, Side, TranslationUnit, count_words
from tmtool.signs import GLYPHS, confidence, percentage

_SCALE = 100  # units of the plot's height
_BARS = 300  # at most, so that each can be seen
_FIXED = {"person": 0.08, "missing": 1.0}  # shares of it where there is no confidence
_MARKS = {"error": "✗", "warning": "⚠", "info": "i"}
_MISSING = ("open", "added")


@dataclass(frozen=True, slots=True)
class Row:
    """A pair with what checks found in it.

    ``origin`` is the translation that it had first, where a person has changed it since.
    """

    unit: TranslationUnit
    findings: Sequence[Finding] = ()
    origin: str | None = None

    @property
    def sign(self) -> tuple[str, str]:
        """Glyph and word of the confidence."""
        return confidence(self.unit.entry)

    @property
    def kind(self) -> str:
        """What the pair is counted as in the plot; empty where nothing is known."""
        word = self.sign[1]
        if self.unit.state in ("reviewed", "final"):
            return "person"
        return "missing" if word in _MISSING else word


@dataclass(frozen=True, slots=True)
class Report:
    """What the page is about.

    ``props`` are said of the document, as its date; ``analysis`` is what the memory saves on it
    (see :mod:`tmtool.leverage`), left out if ``None``.
    """

    title: str
    languages: tuple[str, str]
    rows: Sequence[Row]
    props: Sequence[tuple[str, str]] = ()
    analysis: Analysis | None = field(default=None)


def page(report: Report) -> Iterator[str]:
    """The page in pieces, HTML in UTF-8."""
    style, script = _resource("page.css"), _resource("page.js")
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    yield (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{shown(report.title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
    )
    yield from _header(report)
    yield "<main>\n"
    yield from _filters(report)
    for number, row in enumerate(report.rows, 1):
        yield _article(number, row)
    yield (
        '<p class="none" hidden>No pair is like that.</p>\n</main>\n'
        "<footer>Made with tmtool. Findings are what checks doubt; a person decides.\n"
        '<span class="keys">Keys: <kbd>/</kbd> search, <kbd>j</kbd> <kbd>k</kbd> next and previous '
        "pair, <kbd>n</kbd> next doubtful, <kbd>z</kbd> next finding.</span></footer>\n"
        f"<script>{script}</script>\n</body>\n</html>\n"
    )


@cache
def _resource(name: str) -> str:
    return (files("tmtool") / "data" / "report" / name).read_text("utf-8")


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}"


# The top of the page


def _header(report: Report) -> Iterator[str]:
    rows = report.rows
    source, target = map(shown, report.languages)
    words = sum(count_words(row.unit.source.text) for row in rows)
    doubtful = sum(row.unit.entry.is_doubtful for row in rows)
    opened = sum(row.unit.entry.is_untranslated for row in rows)
    props = "".join(f", {shown(name)} {shown(value)}" for name, value in report.props)
    yield (
        f"<header>\n<h1>{shown(report.title)}</h1>\n"
        f'<p class="lead">{source} → {target}{props}. <b>{len(rows):,}</b> pairs, '
        f"<b>{words:,}</b> words of the source, <b>{doubtful:,}</b> doubtful, "
        f"<b>{opened:,}</b> open.</p>\n"
        '<div class="figures">\n'
    )
    yield from _states(rows)
    yield from _checks(rows)
    if report.analysis:
        yield from _bands(report.analysis)
    yield "</div>\n"
    yield from _plot(rows)
    yield "</header>\n"


def _states(rows: Sequence[Row]) -> Iterator[str]:
    counts = Counter(row.unit.state for row in rows)
    lines = [
        (_choice("state", state, f"{GLYPHS[state]} {state}"), counts[state])
        for state in STATES
        if counts[state]
    ]
    yield from _table("States", lines, len(rows))


def _checks(rows: Sequence[Row]) -> Iterator[str]:
    found = [finding for row in rows for finding in row.findings]
    counts = Counter((SEVERITIES.index(each.severity), each.check) for each in found)
    lines = []
    for (rank, check), count in sorted(counts.items(), key=lambda item: (item[0][0], -item[1])):
        severity = SEVERITIES[rank]
        sign = f'<span class="{severity}"><b>{_MARKS[severity]}</b></span>'
        lines.append((f"{sign} {_choice('check', check, check)}", count))
    yield from _table("Findings", lines, len(found), nothing="nothing found")


def _bands(analysis: Analysis) -> Iterator[str]:
    words = {band: analysis.bands[band].words for band in BANDS if analysis.bands[band].segments}
    lines = [(escape(_band_name(band)), count) for band, count in words.items()]
    yield from _table("Words by what the memory holds", lines, sum(words.values()))


def _band_name(band: str) -> str:
    return f"{band.replace('-', '–')} %" if band[0].isdigit() else band.replace("none", "no match")


def _choice(name: str, value: str, label: str) -> str:
    """A button that narrows the list to one kind."""
    value = escape(value)
    return (
        f'<button type="button" data-field="{name}" data-value="{value}">{escape(label)}</button>'
    )


def _table(
    title: str, lines: Sequence[tuple[str, int]], whole: int, nothing: str = ""
) -> Iterator[str]:
    """Counts with bars; the labels are HTML."""
    yield f"<section>\n<h2>{title}</h2>\n<table>\n"
    for label, count in lines:
        share = 100 * count / max(1, whole)
        yield (
            f'<tr><th scope="row">{label}</th><td class="bar"><svg viewBox="0 0 100 8" '
            f'preserveAspectRatio="none" aria-hidden="true"><rect width="{share:.1f}" height="8"/>'
            f'</svg></td><td class="n">{count:,}</td></tr>\n'
        )
    if not lines:
        yield f"<tr><td>{nothing}</td></tr>\n"
    yield "</table>\n</section>\n"


_KEY = {
    "sure": ("=", "sure: 90 % and more"),
    "doubtful": ("?", "doubtful"),
    "unlikely": ("!", "unlikely: below 50 %"),
    "missing": ("∅", "a side is missing"),
    "person": ("✓", "a person decided"),
}


def _plot(rows: Sequence[Row]) -> Iterator[str]:
    """Confidence along the document: a bar for each pair, or for the least sure of some."""
    counts = Counter(row.kind for row in rows)
    kinds = [kind for kind in _KEY if counts[kind]]
    if not kinds:
        return
    group = -(-len(rows) // _BARS)
    paths: dict[str, list[str]] = {}
    for start in range(0, len(rows), group):
        row = min(rows[start : start + group], key=_sureness)
        share = _FIXED.get(row.kind, row.unit.score or 0.0)
        top = _SCALE * (1 - max(share, 0.03))
        paths.setdefault(row.kind, []).append(f"M{start + group / 2} {_SCALE}V{top:.0f}")
    label = ", ".join(f"{counts[kind]} {_KEY[kind][1].split(':')[0]}" for kind in kinds)
    each = f" <span>– each bar the least sure of {group} pairs</span>" if group > 1 else ""
    yield (
        f'<section class="plot">\n<h2>Confidence along the document{each}</h2>\n'
        f'<svg viewBox="0 0 {len(rows)} {_SCALE}" preserveAspectRatio="none" role="img" '
        f'aria-label="{label}">\n<title>{label}; a click goes to the pair</title>\n'
    )
    for kind in kinds:
        if kind in paths:
            bars = "".join(paths[kind])
            yield f'<path class="{kind}" stroke-width="{0.8 * group:g}" d="{bars}"/>\n'
    yield f'<line x1="0" x2="{len(rows)}" y1="10" y2="10"/>\n</svg>\n<ul class="key">\n'
    for kind in kinds:
        glyph, meaning = _KEY[kind]
        yield f'<li><span class="sign is-{kind}">{glyph}</span> {meaning} ({counts[kind]:,})</li>\n'
    yield "</ul>\n</section>\n"


def _sureness(row: Row) -> tuple[int, float]:
    """The order in which pairs want to be looked at, missing sides first."""
    order = ("missing", "unlikely", "doubtful", "sure", "person", "")
    return order.index(row.kind), row.unit.score or 0.0


def _filters(report: Report) -> Iterator[str]:
    rows = report.rows
    states = {row.unit.state for row in rows}
    kinds = {row.kind for row in rows}
    checks = sorted({finding.check for row in rows for finding in row.findings})
    any_finding = {"*": "any finding"} if checks else {}
    meanings = {kind: meaning.split(":")[0] for kind, (_, meaning) in _KEY.items() if kind in kinds}
    choices: tuple[tuple[str, str, Mapping[str, str]], ...] = (
        ("state", "State", {state: state for state in STATES if state in states}),
        ("confidence", "Confidence", meanings),
        ("check", "Findings", any_finding | {check: check for check in checks}),
    )
    yield (
        '<form>\n<input name="text" type="search" placeholder="Search both sides and notes" '
        'aria-label="Search" autocomplete="off">\n'
    )
    for name, nothing, values in choices:
        options = "".join(
            f'<option value="{escape(value)}">{escape(label)}</option>'
            for value, label in values.items()
        )
        yield f'<select name="{name}" aria-label="{name}"><option value="">{nothing}</option>'
        yield f"{options}</select>\n"
    yield (
        '<button type="reset" disabled>Show all</button>\n'
        f"<output>{len(rows)} pairs</output>\n</form>\n"
    )


# The pairs


def _article(number: int, row: Row) -> str:
    unit = row.unit
    glyph, word = row.sign
    is_scored = unit.score is not None and glyph in ("=", "?", "!")
    percent = f" {percentage(unit.score or 0.0)}" if is_scored else ""
    about = [f'<span><span class="sign">{GLYPHS[unit.state]}</span> {unit.state}</span>']
    if glyph:
        about.append(
            f'<span class="is-{row.kind}"><span class="sign">{glyph}</span> {word}{percent}</span>'
        )
    checks = escape(" ".join(dict.fromkeys(finding.check for finding in row.findings)))
    below = "".join([*_findings(row.findings), *_edit(row), *map(_note, unit.notes)])
    return (
        f'<article id="{number}" class="{unit.state}" data-state="{unit.state}" '
        f'data-confidence="{row.kind}" data-checks="{checks}">\n'
        f'<a class="number" href="#{number}">{number}</a>\n'
        f"{_side(row, 'source')}{_side(row, 'target')}"
        f'<div class="about">{"".join(about)}</div>\n'
        + (f'<ul class="below">{below}</ul>\n' if below else "")
        + "</article>\n"
    )


def _side(row: Row, side: Side) -> str:
    variant = row.unit.source if side == "source" else row.unit.target
    language = escape(variant.language)
    if not variant.content:
        return f'<p class="empty" lang="en">no {side}</p>\n'
    if any(not isinstance(part, str) for part in variant.content):
        text = shown(marked(variant))  # spans count without inline codes
    else:
        text = highlighted(variant.text, [each for each in row.findings if each.side == side])
    return f'<p lang="{language}" dir="auto">{text}</p>\n'


def highlighted(text: str, findings: Iterable[Finding]) -> str:
    """A text as HTML, the places of findings in it marked; where they overlap, as the worst."""
    placed = [(each.span, each) for each in findings if each.span and each.span[0] < each.span[1]]
    cuts = sorted({0, len(text), *(min(end, len(text)) for span, _ in placed for end in span)})
    pieces = []
    for start, stop in pairwise(cuts):
        over = [each for span, each in placed if span[0] <= start and stop <= span[1]]
        piece = shown(text[start:stop])
        if over:
            worst = min((each.severity for each in over), key=SEVERITIES.index)
            said = shown("; ".join(dict.fromkeys(each.message for each in over)))
            piece = f'<mark class="{worst}" title="{said}">{piece}</mark>'
        pieces.append(piece)
    return "".join(pieces)


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    """What was found, the same in several places once."""
    for (check, severity, message), count in Counter(
        (each.check, each.severity, each.message) for each in findings
    ).items():
        times = f" <span>({count} times)</span>" if count > 1 else ""
        yield (
            f'<li class="{severity}"><b>{_MARKS[severity]} {escape(check)}</b> '
            f"{shown(message)}{times}</li>"
        )


def _edit(row: Row) -> Iterator[str]:
    if row.origin is None:
        return
    tags = {"same": "", "only in a": "del", "only in b": "ins"}
    pieces = [
        f"<{tags[kind]}>{shown(text)}</{tags[kind]}>" if tags[kind] else shown(text)
        for kind, text in diff(row.origin, row.unit.target.text)
    ]
    yield f'<li class="edit"><b>edited</b> {"".join(pieces)}</li>'


def _note(note: str) -> str:
    return f'<li class="note"><b>¶ note</b> {shown(note)}</li>'
