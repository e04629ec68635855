"""How right the Kazakh segmenter is, and how fast, beside its peers in the same run.

    python -m tests.benchmarks.segmentation            accuracy on the development data
    python -m tests.benchmarks.segmentation --speed    megabytes per second, with the peers
                                                       that are installed

A boundary is the number of non-white-space characters before it; the last one of each text is
left out. In the setting *docp* the sentences of a document are joined by single spaces, those
that end in no punctuation (headlines) dropped; in *doc* they are kept. ``ignore`` in the gold
lists offsets inside a sentence that count neither way. F1 is over all boundaries of a set.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from itertools import accumulate, pairwise
from pathlib import Path
from zipfile import ZipFile

import regex
from lxml import etree

from tests.interop import omegat
from tmtool.segment import Segmenter
from tmtool.text import nfc

DATA = Path(__file__).parents[3] / "shared" / "data" / "segmentation"
SETS = ("ktb", "ktb-latn", "ntrex-dev", "kaznerd")

Split = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Document:
    """Gold sentences; ``ignore`` gives for a sentence the offsets inside it not to count."""

    id: str
    sentences: list[str]
    ignore: dict[str, list[int]]


def documents(path: Path) -> list[Document]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [Document(row["id"], row["sentences"], row.get("ignore", {})) for row in rows]


def length(text: str) -> int:
    """Characters that are no white space."""
    return len("".join(text.split()))


def boundaries(sentences: Iterable[str]) -> set[int]:
    """Where sentences end, the end of the text left out."""
    ends, total = [], 0
    for sentence in sentences:
        total += length(sentence)
        ends.append(total)
    return set(ends[:-1])


def is_punctuated(sentence: str) -> bool:
    """Whether a sentence ends in final punctuation, whatever closes after it."""
    return sentence.rstrip("\"'»”’“„)]} ").endswith((".", "!", "?", "…"))


@dataclass
class Score:
    """Boundaries found, wanted and both."""

    right: int = 0
    found: int = 0
    wanted: int = 0

    @property
    def f1(self) -> float:
        """In percent."""
        return 200 * self.right / max(1, self.found + self.wanted)


def compare(split: Split, document: Document, *, headlines: bool, score: Score) -> list[str]:
    """Add one document to a score; the places that are wrong, as text."""
    sentences = [s for s in document.sentences if headlines or is_punctuated(s)]
    gold = boundaries(sentences)
    ignored, total = set(), 0
    for sentence in sentences:
        ignored |= {total + offset for offset in document.ignore.get(sentence, ())}
        total += length(sentence)
    found = boundaries(split(" ".join(sentences))) - ignored
    score.right += len(found & gold)
    score.found += len(found)
    score.wanted += len(gold - ignored)
    text = "".join("".join(sentences).split())
    return [
        f"{document.id}: {'missed' if at in gold else 'wrong '} "
        f"{text[max(0, at - 40) : at]} | {text[at : at + 30]}"
        for at in sorted(found ^ (gold - ignored))
    ]


def ours(code: str = "kk") -> Split:
    segmenter = Segmenter.for_language(code)
    return lambda text: [segment.text for segment in segmenter.segment(text)]


def accuracy(show: bool) -> None:
    split = ours()
    print(f"{'set':12}{'docp F1':>9}{'doc F1':>9}{'boundaries':>12}")
    for name in SETS:
        scores = {True: Score(), False: Score()}
        for document in documents(DATA / f"{name}.jsonl"):
            for headlines, score in scores.items():
                wrong = compare(split, document, headlines=headlines, score=score)
                if show and not headlines:
                    print("\n".join(wrong), file=sys.stderr) if wrong else None
        docp, doc = scores[False], scores[True]
        print(f"{name:12}{docp.f1:9.2f}{doc.f1:9.2f}{docp.wanted:12}")
    rules = [json.loads(line) for line in (DATA / "golden-rules.jsonl").open(encoding="utf-8")]
    right = [split(rule["text"]) == rule["sentences"] for rule in rules]
    print(f"golden rules: {sum(right)} of {len(right)}")
    print(f"{'peer, docp F1':30}{''.join(f'{name:>10}' for name in SETS)}{'rules':>8}")
    for name, number, other in peers():
        tried = {set_: Score() for set_ in SETS}
        for set_, score in tried.items():
            for document in documents(DATA / f"{set_}.jsonl"):
                compare(other, document, headlines=False, score=score)
        figures = "".join(f"{score.f1:10.2f}" for score in tried.values())
        passed = sum(other(rule["text"]) == rule["sentences"] for rule in rules)
        print(f"{name + ' ' + number:30}{figures}{passed:8}")
    if show:
        for rule, is_right in zip(rules, right, strict=True):
            if not is_right:
                print(rule["id"], split(rule["text"]), file=sys.stderr)
    seed = DATA.parents[1] / "seeds" / "000_ca78bef84ce3ea5c.txt"
    gold = [line for line in (DATA / "seed.kk.txt").read_text("utf-8").splitlines() if line]
    same = split(seed.read_text("utf-8")) == gold
    print(f"seed: {'exact' if same else 'differs'}, {len(gold)} sentences")


# Speed

_ONSETS = ["б", "д", "ж", "з", "к", "қ", "л", "м", "н", "с", "т", "ш", "ғ"]
_VOWELS = {True: ["а", "о", "ұ", "ы"], False: ["ә", "е", "ө", "ү", "і"]}
_CODAS = ["", "", "н", "р", "л", "т", "с", "қ", "й", "м"]
_ENDINGS = ["", "лар", "дың", "ға", "нан", "мен", "ды", "сы"]
_VERB_ENDINGS = ["ды", "ді", "ған", "ген", "ады", "еді", "п жатыр", "мақ", "са керек", "у қажет"]


def words(random_: random.Random, count: int) -> list[str]:
    """Made-up words with the sounds and the vowel harmony of Kazakh."""
    made = []
    for _ in range(count):
        back = random_.random() < 0.5
        syllables = [
            random_.choice(_ONSETS) + random_.choice(_VOWELS[back]) + random_.choice(_CODAS)
            for _ in range(random_.randint(1, 3))
        ]
        made.append("".join(syllables) + random_.choice(_ENDINGS))
    return made


def running_text(size: int, seed: int = 1) -> str:
    """Running Kazakh of about ``size`` bytes of UTF-8: prose, speech, abbreviations, numbers."""
    random_ = random.Random(seed)
    stock = words(random_, 20_000)
    weights = list(accumulate(1 / rank for rank in range(1, len(stock) + 1)))  # Zipf's law
    lines: list[str] = []
    bytes_ = 0
    while bytes_ < size:
        sentences = []
        for _ in range(random_.randint(2, 8)):
            body = random_.choices(stock, cum_weights=weights, k=random_.randint(5, 16))
            kind = random_.random()
            if kind < 0.05:
                body.insert(2, f"{random_.randint(1700, 2025)} ж.")
            elif kind < 0.08:
                body.insert(1, random_.choice("АҚӘҒӨ") + ". " + random_.choice(stock).title())
            elif kind < 0.11:
                body = ["–", *body]
            elif kind < 0.14:
                body.append("және т.б.")
            body[0] = body[0].capitalize()
            end = random_.choices([".", "?", "!", "…", "»."], [90, 4, 2, 2, 2])[0]
            body[-1] += random_.choice(_VERB_ENDINGS)
            sentences.append(" ".join(body) + end)
        lines.append(" ".join(sentences))
        bytes_ += 2 * len(lines[-1])
    return "\n".join(lines)


def omegat_by_regex(jar: Path) -> Split:
    """OmegaT's own rules for Russian run as OmegaT runs them, by the package ``regex``."""
    with ZipFile(jar) as archive:
        root = etree.fromstring(archive.read("org/omegat/core/segmentation/defaultRules.srx"))
    names = {"s": root.nsmap[None]}
    rules = []
    for entry in root.iterfind(".//s:languagemap", names):
        if regex.fullmatch(entry.get("languagepattern"), "RU"):
            block = f".//s:languagerule[@languagerulename='{entry.get('languagerulename')}']/s:rule"
            for rule in root.iterfind(block, names):
                before = rule.findtext("s:beforebreak", "", names)
                after = rule.findtext("s:afterbreak", "", names)
                sides = regex.compile(f"(?:{before})(?={after})", regex.M)
                rules.append((sides, rule.get("break") == "yes"))

    def split(text: str) -> list[str]:
        decided: dict[int, bool] = {}
        for sides, breaks in rules:
            for match in sides.finditer(text):
                decided.setdefault(match.end(), breaks)
        ends = sorted(end for end, breaks in decided.items() if breaks)
        return [text[one:other].strip() for one, other in pairwise([0, *ends, len(text)])]

    return split


def peers() -> Iterator[tuple[str, str, Split]]:
    """Other segmenters as far as they are installed: name, version, split."""

    def installed(name: str) -> bool:
        try:
            version(name)
        except PackageNotFoundError:
            print(f"{name}: not installed", file=sys.stderr)
            return False
        return True

    if installed("razdel"):
        sentenize = import_module("razdel").sentenize
        yield "razdel", version("razdel"), lambda text: [found.text for found in sentenize(text)]
    if installed("sentence-splitter"):
        splitter = import_module("sentence_splitter").SentenceSplitter(language="ru")
        yield "sentence-splitter", version("sentence-splitter"), splitter.split
    if installed("syntok"):
        analyze = import_module("syntok.segmenter").analyze
        yield (
            "syntok",
            version("syntok"),
            lambda text: ["".join(map(str, s)) for p in analyze(text) for s in p],
        )
    if installed("pysbd"):
        yield (
            "pysbd",
            version("pysbd"),
            import_module("pysbd").Segmenter(language="kk", clean=False).segment,
        )
    if omegat.JAR:
        with ZipFile(omegat.JAR) as archive:
            manifest = archive.read("META-INF/MANIFEST.MF").decode()
        found = re.search(r"Implementation-Version: (\S+)", manifest)
        yield "OmegaT's SRX (ru)", found[1] if found else "", omegat_by_regex(omegat.JAR)
    else:
        print("OmegaT: not installed", file=sys.stderr)


def measured(split: Callable[[str], object], text: str) -> float:
    """Megabytes of UTF-8 per second of processor time, the best of three runs."""
    size = len(text.encode("utf-8")) / 1e6
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        split(text)
        best = min(best, time.process_time() - start)
    return size / best


def adversaries(size: int) -> dict[str, str]:
    """Texts of one paragraph that invite quadratic time, of ``size`` characters each."""
    random_ = random.Random(1)
    initials = random_.choices("АӘБВГҒДЕЖЗИКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЫІЭЮЯ", k=size // 3)
    names = random_.choices([word.title() for word in words(random_, 1000)], k=size // 8)
    return {
        "one paragraph": running_text(2 * size).replace("\n", " ")[:size],
        "full stops": "." * size,
        "initials": ". ".join(initials)[:size],
        "glued initials": ".".join(initials),
        "initial and name": " ".join(map("{}. {}".format, initials, names))[:size],
        "initials and name": " ".join(map("{}. {}. {}".format, initials[1:], initials, names))[
            :size
        ],
        "quotes": "«" * (size // 2) + "»" * (size // 2),
        "digits": "1" * size,
        "numbers": "1. " * (size // 3),
        "letters": "қ" * size,
        "spaces": " " * size,
        "stops and spaces": ". " * (size // 2),
        "stop and spaces": "Иә." + " " * size,
        "dashes": "- " * (size // 2),
        "combining marks": "\u0301\u0323" * (size // 2),
    }


def speed(megabytes: int) -> None:
    segment = Segmenter.for_language("kk").segment
    text = running_text(megabytes * 1_000_000)
    rate = measured(segment, text)
    print(f"{'segmenter':20}{'version':>10}{'MB/s':>9}{'tmtool is':>12}")
    print(f"{'tmtool':20}{version('tmtool'):>10}{rate:9.1f}")
    part = text[:500_000]
    for name, number, split in peers():
        other = measured(split, part)
        if other > 5:  # those that are quick get the whole text, too
            other = measured(split, text)
        print(f"{name:20}{number:>10}{other:9.2f}{rate / other:11.1f}×")
    print()

    def read(text: str) -> object:
        return segment(nfc(text))

    ordinary = measured(read, text[:5_000_000])
    for name, odd in adversaries(5_000_000).items():
        print(f"{name:20}{ordinary / measured(read, odd):9.2f}× the time per byte")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--speed", action="store_true", help="measure speed instead")
    parser.add_argument("--megabytes", type=int, default=50)
    parser.add_argument("--show", action="store_true", help="list what is wrong, on stderr")
    options = parser.parse_args()
    if options.speed:
        speed(options.megabytes)
    else:
        accuracy(options.show)


if __name__ == "__main__":
    main()
