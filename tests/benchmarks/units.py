"""Made-up Kazakh units for benchmarks: as many as wanted, the same for the same seed.

Stems, some everyday ones and many made of syllables, take suffixes by vowel harmony and
assimilation, and are drawn by Zipf's law, so that words are as common and as rare as in running
text: some 60,000 different ones in 100,000 sentences. A tenth of the sentences vary an earlier
one, as the units of a memory do. Targets are glosses word by word.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

Pair = tuple[str, str]
Form = tuple[str, str]  # a word and its gloss

_NOUNS = """
адам:person ел:country жыл:year күн:day жұмыс:work қала:city үй:house бала:child мектеп:school
кітап:book сөз:word тіл:language жол:road су:water жер:land заң:law құжат:document шешім:decision
мәселе:issue жоба:project мемлекет:state халық:people қоғам:society кәсіпорын:enterprise
келісім:agreement кездесу:meeting келіссөз:talks сапар:visit бағдарлама:programme даму:growth
экономика:economy өндіріс:production нарық:market тауар:goods баға:price ақша:money банк:bank
қаржы:finance салық:tax білім:knowledge ғылым:science ғалым:scientist дәрігер:doctor
аурухана:hospital денсаулық:health мұғалім:teacher
оқушы:pupil студент:student университет:university тарих:history
мәдениет:culture өнер:art театр:theatre ән:song спорт:sport ойын:game жеңіс:victory өмір:life
уақыт:time сағат:hour апта:week ай:month таң:morning кеш:evening түн:night қыс:winter жаз:summer
көктем:spring күз:autumn ауа:air жел:wind жаңбыр:rain қар:snow тау:mountain өзен:river көл:lake
теңіз:sea орман:forest дала:steppe ауыл:village көше:street алаң:square көпір:bridge әуежай:airport
теміржол:railway көлік:transport ұшақ:plane пойыз:train автобус:bus дүкен:shop базар:bazaar
ас:meal нан:bread ет:meat сүт:milk шай:tea әке:father ана:mother аға:brother әпке:sister дос:friend
көрші:neighbour жас:youth қария:elder министр:minister президент:president үкімет:government
парламент:parliament сот:court полиция:police әскер:army бейбітшілік:peace қауіпсіздік:safety
аймақ:region облыс:province шекара:border әлем:world тәуелсіздік:independence
ынтымақтастық:cooperation серіктестік:partnership байланыс:tie хабар:message газет:newspaper
теледидар:television
ғаламтор:internet деректер:data жүйе:system құрылғы:device бөлшек:part
қозғалтқыш:engine энергия:energy мұнай:oil
газ:gas көмір:coal зауыт:plant цех:workshop жұмысшы:worker маман:specialist кеңес:council
"""
_VERBS = """
кел:come бар:go айт:say көр:see біл:know оқы:read жаз:write бер:give ал:take қой:put тұр:stand
жүр:walk отыр:sit сөйле:speak тыңда:listen түсін:understand баста:begin аяқта:finish аш:open
жап:close сат:sell жаса:make құр:build өңде:process дамыт:develop
қолда:support ұсын:propose талқыла:discuss
бекіт:approve қабылда:accept өткіз:hold ұйымдастыр:organise қатыс:attend жібер:send күт:wait
ізде:seek тап:find сақта:keep өзгерт:change арттыр:raise азайт:lower қорға:protect тексер:check
орында:perform
"""
_ADJECTIVES = """
жаңа:new ескі:old үлкен:big кіші:small жақсы:good жаман:bad биік:high терең:deep кең:wide ұзын:long
қысқа:short маңызды:important негізгі:main жалпы:general ерекше:special ортақ:common алғашқы:first
соңғы:last ұлттық:national халықаралық:international мемлекеттік:public жергілікті:local ашық:open
қымбат:costly арзан:cheap жылдам:fast баяу:slow күшті:strong әлсіз:weak қазақ:Kazakh жас:young
"""
_OTHERS = """
және:and бірақ:but сондай-ақ:also бүгін:today кеше:yesterday ертең:tomorrow қазір:now әрқашан:always
жиі:often бірге:together өте:very туралы:about үшін:for дейін:until кейін:after сияқты:like бұл:this
осы:that ол:it біз:we олар:they барлық:all әр:each бір:one көп:many мұндай:such
"""

_BACK, _FRONT = "аоұыуя", "еөүіэә"
_VOICELESS = "пфктсшщчцхқһбвгд"
_ONSETS = ["", *"бғджзкқлмнпрстшш", *"бдкқтс"]
_CODAS = ["", "", *"лмнрсзтқйң"]

# Suffixes by what they do; capitals are filled in by _attached.
_NOUN_TAILS = [
    *("", "", "", "", "NЫң", "Dа", "Dан", "Gа", "Nы", "Mен"),
    *("Lар", "LарDың", "LарDа", "LарDан", "LарGа", "LарDы", "LарMен"),
    *("CЫ", "CЫнЫң", "CЫнDа", "CЫнDан", "CЫнA", "CЫн", "CЫмен"),
    *(
        "LарЫ",
        "LарЫнЫң",
        "LарЫнDа",
        "LарЫнDан",
        "LарЫнA",
        "LарЫн",
        "Hмыз",
        "Hмызға",
        "LЫқ",
        "LЫқтЫ",
    ),
]
_VERB_TAILS = ["DЫ", "DЫ", "ған", "ғанDар", "Aды", "Aды", "DЫқ", "Aмыз", "мақшы", "са", "п жатыр"]
_VERB_TAILS += ["ғаны белгілі", "уы керек", "п отыр", "ғалы отыр", "DЫ деп хабарлайды"]


class Speech:
    """Word forms with their glosses by class, and how likely each is."""

    def __init__(self, seed: int, stems: int = 8000) -> None:
        rng = random.Random(seed)
        nouns = _entries(_NOUNS)
        made = {_stem(rng) for _ in range(stems)} - {noun for noun, _ in nouns}
        nouns += [(stem, _gloss(rng)) for stem in sorted(made)]
        verbs = _entries(_VERBS)
        self.nouns = _forms(nouns, _NOUN_TAILS, seed)
        self.verbs = _forms(verbs, _VERB_TAILS, seed + 1)
        self.adjectives = _forms(_entries(_ADJECTIVES), [""], seed + 2)
        self.others = _forms(_entries(_OTHERS), [""], seed + 3)
        self.names = _forms(
            [(stem.title(), gloss.title()) for stem, gloss in nouns[-1500:]], ["", "", "NЫң"], seed
        )


Forms = tuple[list[Form], "np.ndarray[tuple[int], np.dtype[np.float64]]"]

# What sentences are made of: Noun, Adjective, Other, naMe, Digits, comma; a verb ends each.
_SHAPES = [
    *("AN", "ON", "NN", "NAN", "ONAN", "ANNAN", "MNN", "NN,NAN", "OANNN", "MNANN"),
    *("ODNNN", "NANANN", "ANN,OANN", "DNANNM", "NNANN,NN", "OMNANNAN", "ANNAN,NANN", "MNDNNANN"),
    *("NNANN,ANNAN,OANNN", "ANNMNN,DNNANN,NANNAN", "OMNNANNANN,NANNAN", "NANNAN,NNDNANN"),
    *("ANNANNNAN", "ONNDNANNAN", "MNANNANN,ON", "NNANMNANN", "ONAN,ANNDN", "NANNANNO"),
    *("ONANNANN,OANN", "NANNDN,NANNAN", "MNANNANNO,NANNNAN", "ANNMNNAN,ODNNANNNAN"),
]


def pairs(count: int, seed: int = 1, *, block: int = 50_000) -> Iterator[Pair]:
    """Source and target texts of units; those of a smaller count begin those of a larger."""
    speech = Speech(1)
    for number in range(0, count, block):
        made = _block(speech, block, seed * 1_000_003 + number)
        yield from made[: count - number]


def _block(speech: Speech, count: int, seed: int) -> list[Pair]:
    generator = np.random.default_rng(seed)
    rng = random.Random(seed)
    classes = {"N": speech.nouns, "A": speech.adjectives, "O": speech.others, "M": speech.names}
    drawn = {name: _drawn(forms, 6 * count, generator) for name, forms in classes.items()}
    verbs = _drawn(speech.verbs, count, generator)
    made: list[Pair] = []
    while len(made) < count:
        if made and rng.random() < 0.1:
            made.append(_varied(made[rng.randrange(len(made))], next(drawn["N"]), rng))
            continue
        source: list[str] = []
        target: list[str] = []
        for kind in rng.choice(_SHAPES):
            if kind == ",":
                source[-1] += ","
                target[-1] += ","
                continue
            word, gloss = (_digits(rng),) * 2 if kind == "D" else next(drawn[kind])
            source.append(word)
            target.append(gloss)
        verb, gloss = next(verbs)
        end = rng.choice("......?!")
        first = source[0][0].upper() + source[0][1:]
        made.append((" ".join([first, *source[1:], verb]) + end, " ".join([*target, gloss]) + end))
    return made


def _drawn(forms: Forms, count: int, generator: np.random.Generator) -> Iterator[Form]:
    words, likely = forms
    while True:
        for index in np.searchsorted(likely, generator.random(count)):
            yield words[index]


def _varied(pair: Pair, other: Form, rng: random.Random) -> Pair:
    """A unit like another one: another number, or another word in one place."""
    source, target = pair[0].split(), pair[1].split()
    numbers = [word for word in source if word.isdigit()]
    if numbers:
        number = _digits(rng)
        return tuple(  # type: ignore[return-value]
            " ".join(number if word == numbers[0] else word for word in side)
            for side in (source, target)
        )
    place = rng.randrange(len(source) - 1) if len(source) > 1 else 0
    source[place] = other[0]
    target[min(place, len(target) - 1)] = other[1]
    return " ".join(source), " ".join(target)


def _digits(rng: random.Random) -> str:
    return str(rng.choice([rng.randrange(2, 100), rng.randrange(1990, 2030), rng.randrange(5000)]))


def edited(text: str, others: Sequence[str], rng: random.Random) -> str:
    """A sentence as another translator may have it: one or two words changed, cut or added."""
    words = text.split()
    for _ in range(rng.choice((1, 1, 2))):
        place = rng.randrange(len(words))
        word = rng.choice(rng.choice(others).split())
        change = rng.choice(("replace", "cut", "add", "ending"))
        if change == "replace":
            words[place] = word
        elif change == "add":
            words.insert(place, word)
        elif change == "cut" and len(words) > 2:
            del words[place]
        else:
            words[place] = words[place][: max(3, len(words[place]) - 2)] + rng.choice(_ENDINGS)
    return " ".join(words)


_ENDINGS = ("ның", "де", "дан", "ге", "лар", "мен", "ы", "")


def noisy(text: str, rng: random.Random, rate: float = 0.1) -> str:
    """A sentence in which this share of the letters is wrong, lacking or doubled."""
    letters = "абвгғдежзийкқлмнңоөпрстуұүшыіэ "
    made = []
    for char in text:
        if rng.random() >= rate:
            made.append(char)
            continue
        change = rng.randrange(3)
        made.append(("", rng.choice(letters), char + rng.choice(letters))[change])
    return "".join(made)


def _entries(lines: str) -> list[Form]:
    """Words with their glosses, as in ``адам:person``."""
    return [(word, gloss) for word, _, gloss in (entry.partition(":") for entry in lines.split())]


def _forms(stems: Sequence[Form], tails: Sequence[str], seed: int) -> Forms:
    """Every stem with every tail; stems and tails are drawn by Zipf's law."""
    rng = random.Random(seed)
    order = list(stems)
    if len(order) < 500:
        rng.shuffle(order)
    words = [(_attached(stem, tail), gloss) for (stem, gloss), tail in product(order, tails)]
    by_stem = 1 / (np.arange(len(order)) + 8.0)
    by_tail = 1 / (np.arange(len(tails)) + 2.0)
    likely = np.outer(by_stem, by_tail).ravel().cumsum()
    return words, likely / likely[-1]


def _stem(rng: random.Random) -> str:
    vowels = rng.choice(("аоұы", "еөүі"))
    count = rng.choice((1, 2, 2, 2, 3, 3))
    made = "".join(
        rng.choice(_ONSETS[1:] if number else _ONSETS)
        + rng.choice(vowels if not number else vowels[0] + vowels[3])
        + rng.choice(_CODAS)
        for number in range(count)
    )
    return made if made[-1] not in _BACK + _FRONT else made + rng.choice("лнрз")


def _gloss(rng: random.Random) -> str:
    parts = ("b", "br", "c", "ch", "d", "dr", "f", "g", "gr", "h", "l", "m", "n", "p", "pl", "r")
    return "".join(
        rng.choice(parts) + rng.choice("aeiou") + rng.choice("nrstlm")
        for _ in range(rng.choice((1, 2, 2)))
    )


def _attached(stem: str, tail: str) -> str:
    """A stem with suffixes in their shapes: back or front, voiced or not, after a vowel or not."""
    made = stem
    is_front = next((c in _FRONT for c in reversed(stem.lower()) if c in _BACK + _FRONT), False)
    for char in tail:
        last = made[-1].lower()
        after_vowel = last in _BACK + _FRONT
        voiceless = last in _VOICELESS
        match char:
            case "D":
                char = "т" if voiceless else "д"
            case "N":
                char = "т" if voiceless else "н" if after_vowel or last in "мнң" else "д"
            case "L":
                char = "т" if voiceless else "д" if last in "лмнңз" else "л"
            case "M":
                char = "п" if voiceless else "б" if last == "з" else "м"
            case "G" | "ғ":
                char = "қ" if voiceless else "ғ"
            case "C":
                char = "с" if after_vowel else ""
            case "H":
                char = "" if after_vowel else "ы"
            case "A":
                char = "й" if after_vowel else "а"
            case "Ы":
                char = "ы"
        made += char.translate(_FRONTED) if is_front else char
    return made


_FRONTED = str.maketrans("аықғ", "еікг")
