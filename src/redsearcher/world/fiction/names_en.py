"""Names of the English world."""

import re
from collections.abc import Callable
from random import Random

from redsearcher.world.fiction import words_en as words
from redsearcher.world.fiction.names import Name, Register
from redsearcher.world.fiction.phonology import CULTURES, Sound

_ARTICLE = re.compile(r"\ba (?=[aeiou])")
_KINDS = {"studio": "film studio", "publisher": "publishing house", "industry": "company", "holding": "holding company"}


def _title(text: str) -> str:
    small = {"of", "the", "a", "an", "in", "and", "for", "to", "by", "on", "at", "under", "without", "after", "before"}
    parts = text.replace("-", " ").split()
    kept = [part if i and part in small else part[:1].upper() + part[1:] for i, part in enumerate(parts)]
    return " ".join(kept)


def _acronym(label: str) -> str:
    return "".join(part[0] for part in label.split() if part[0].isupper())


class EnglishNames:
    """Obeys `Names`: invented proper names, English titles."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._register = Register(rng)
        self._sounds: list[Sound] = []
        self._demonyms: dict[str, str] = {}

    def _claim(self, make: Callable[[], Name]) -> Name:
        return self._register.claim(make, lambda name, n: Name(f"{name.label} {_roman(n)}", ()))

    def country(self) -> tuple[int, Name]:
        culture = CULTURES[(len(self._sounds) * 5 + len(self._sounds) // len(CULTURES)) % len(CULTURES)]
        sound = Sound(culture, self._rng)
        self._sounds.append(sound)
        name = self._claim(lambda: Name(sound.country()))
        prefix = self._rng.choice(("Republic of", "Kingdom of", "Federation of", "Commonwealth of", ""))
        self._demonyms[name.label] = _demonym(name.label)
        return len(self._sounds) - 1, Name(name.label, (f"{prefix} {name.label}",) if prefix else ())

    def region(self, sound: int) -> Name:
        pattern = self._rng.choice(
            ("{0}", "{0}", "{0}", "Upper {0}", "Lower {0}", "{0} Province", "East {0}", "{0}shire")
        )
        return self._claim(lambda: Name(pattern.format(self._sounds[sound].place())))

    def city(self, sound: int) -> Name:
        def make() -> Name:
            place = self._sounds[sound].place()
            chance = self._rng.random()
            if chance < 0.06:
                place = f"{self._rng.choice(('Port', 'New', 'Old', 'Saint', 'Great'))} {place}"
            return Name(place)

        return self._claim(make)

    def river(self, sound: int) -> Name:
        def make() -> Name:
            word = self._sounds[sound].plain(1 if self._rng.random() < 0.4 else 2)
            return Name(f"{word} River", (word,)) if self._rng.random() < 0.5 else Name(f"River {word}", (word,))

        return self._claim(make)

    def mountain(self, sound: int) -> Name:
        pattern = self._rng.choice(("Mount {0}", "{0} Peak", "Mount {0}", "{0} Horn", "Pico {0}", "{0} Dome"))
        return self._claim(lambda: Name(pattern.format(self._sounds[sound].plain(2))))

    def surname(self, sound: int) -> str:
        return self._sounds[sound].surname()

    def person(self, sound: int, sex: str, surname: str) -> tuple[str, Name]:
        def make() -> Name:
            given = self._sounds[sound].given(sex)
            chance = self._rng.random()
            if chance < 0.15:
                return Name(f"{given} {surname}", (f"{given[0]}. {surname}",))
            if chance < 0.2:
                initial = self._rng.choice("ABCDEFGHJKLMNPRSTV")
                return Name(f"{given} {surname}", (f"{given} {initial}. {surname}",))
            return Name(f"{given} {surname}")

        def widen(name: Name, n: int) -> Name:
            given, rest = name.label.split(" ", 1)
            return Name(f"{given} {self._sounds[sound].given(sex)} {rest}")

        name = self._register.claim(make, widen)
        return name.label.split(" ", 1)[0], name

    def middle(self, given: str, surname: str) -> str:
        return f"{given} {self._rng.choice('ABDEFGHJKLMNPRSTV')}. {surname}"

    def company(self, kind: str, sound: int, city: str, surname: str) -> Name:
        def make() -> Name:
            brand = self._rng.choice(words.BRANDS[kind])
            chance = self._rng.random()
            if chance < 0.3 and surname:
                label = f"{surname} {brand}"
            elif chance < 0.4:
                label = f"{surname or self.surname(sound)} & {self.surname(sound)}"
            elif chance < 0.6:
                label = f"{city} {brand}"
            elif chance < 0.75:
                label = f"{_title(self._rng.choice(words.ADJECTIVES) + ' ' + self._rng.choice(words.NOUNS))} {brand}"
            else:
                label = f"{self._sounds[sound].plain(2)} {brand}"
            short = label.removesuffix(f" {brand}")
            known = short != label and short not in (city, surname) and self._rng.random() < 0.4
            return Name(label, (short,) if known else ())

        return self._claim(make)

    def university(self, sound: int, city: str, surname: str) -> Name:
        def make() -> Name:
            pattern = self._rng.choice(words.SCHOOLS)
            label = pattern.format(surname or city)
            if surname:
                label = self._rng.choice((f"{surname} University", f"{surname} College", f"{surname} Institute"))
            if self._rng.random() < 0.15:
                label = f"{self._sounds[sound].plain(2)} University"
            return Name(label, _school_aliases(label, city))

        return self._claim(make)

    def club(self, sound: int, city: str) -> Name:
        def make() -> Name:
            label = self._rng.choice(words.CLUBS).format(city)
            if self._rng.random() < 0.25:
                label = self._rng.choice(words.CLUBS).format(self._sounds[sound].plain(2))
            return Name(label)

        return self._claim(make)

    def award(self, kind: str, country: str, surname: str) -> Name:
        def make() -> Name:
            stem = surname or self._demonyms[country]
            if not surname and self._rng.random() < 0.4:
                stem = f"{self._rng.choice(words.ADJECTIVES).capitalize()} {self._rng.choice(words.NOUNS).capitalize()}"
            return Name(self._rng.choice(words.AWARDS[kind]).format(stem))

        return self._claim(make)

    def museum(self, sound: int, city: str, surname: str) -> Name:
        def make() -> Name:
            stem = surname if surname and self._rng.random() < 0.8 else city
            return Name(self._rng.choice(words.MUSEUMS).format(stem))

        return self._claim(make)

    def band(self, sound: int, city: str) -> Name:
        def make() -> Name:
            adjective, noun = self._rng.choice(words.ADJECTIVES), self._rng.choice(words.NOUNS)
            patterns = (
                f"the {adjective} {self._rng.choice(words.PLURALS)}", f"{adjective} {noun}", f"{city} Quartet",
                f"{noun} {self._rng.choice(words.TIMES)}", f"{self._sounds[sound].plain(2)} Ensemble",
                f"the {self._sounds[sound].surname()} family", f"{noun} and {self._rng.choice(words.NOUNS)}",
            )  # fmt: skip
            label = _title(self._rng.choice(patterns))
            return Name(label, (label.removeprefix("The "),) if label.startswith("The ") else ())

        return self._claim(make)

    def film(self, sound: int, city: str) -> Name:
        return self._claim(lambda: Name(_title(self._work_title(sound, city))))

    def book(self, kind: str, sound: int, city: str) -> Name:
        if kind == "history":
            patterns = (
                "A History of {c}", "{c} and Its {P}", "The {N} of {c}", "Notes on the {N}", "A Life Among {P}",
                "The {A} Years of {c}", "{c}: a Portrait in {n} {P}",
            )  # fmt: skip
            return self._claim(lambda: Name(_title(self._fill(self._rng.choice(patterns), sound, city))))
        return self._claim(lambda: Name(_title(self._work_title(sound, city))))

    def _work_title(self, sound: int, city: str) -> str:
        patterns = (
            "the {A} {N}", "the {N} of {c}", "{P} {t}", "where the {P} {v}", "a {N} for {g}", "{ger} the {N}",
            "{n} {P} in {c}", "letters to {g}", "no {N} without {P}", "{g} and the {A} {N}", "before the {N} {s}",
            "nobody {s} in {c}", "{A} {P}", "the {N}'s {M}", "what the {N} {s}", "the {A} {P} of {c}", "{c} {t}",
            "when {g} {s}", "a {A} {N}", "the {N} and the {M}", "all our {A} {P}", "{g}'s {A} {N}", "{n} {A} {P}",
            "goodbye, {A} {N}", "the road to {c}", "if the {P} {v}", "under the {A} {N}", "the {M} who {s} {t}",
        )  # fmt: skip
        return self._fill(self._rng.choice(patterns), sound, city)

    def _fill(self, pattern: str, sound: int, city: str) -> str:
        pick = self._rng.choice
        given = self._sounds[sound].given(pick(("male", "female")))
        text = pattern.format(
            A=pick(words.ADJECTIVES), N=pick(words.NOUNS), M=pick(words.NOUNS), P=pick(words.PLURALS),
            t=pick(words.TIMES), v=pick(words.VERBS), s=pick(words.VERBS_S), ger=pick(words.GERUNDS),
            n=pick(words.NUMBERS), g=given, c=city,
        )  # fmt: skip
        return _ARTICLE.sub("an ", text)

    def topic(self) -> int:
        return self._rng.randrange(len(words.TOPICS))

    def paper(self, topic: int) -> Name:
        def make() -> Name:
            subject, pick = words.TOPICS[topic], self._rng.choice
            aspect, method, context = pick(words.ASPECTS), pick(words.METHODS), pick(words.CONTEXTS)
            patterns = (
                f"on the {aspect} of {subject} {context}", f"{aspect} in {subject}: {method}",
                f"{subject} {context}: {method}", f"how {subject} respond to {aspect} {context}",
                f"{aspect} and {pick(words.ASPECTS)} of {subject}", f"towards a theory of {subject} {context}",
                f"{method}: {aspect} of {subject} {context}", f"measuring {aspect} in {subject} {context}",
            )  # fmt: skip
            text = pick(patterns)
            return Name(text[0].upper() + text[1:])

        return self._claim(make)

    def match(self, country: str, year: int) -> Name:
        def make() -> Name:
            stem = self._rng.choice((country, self._demonyms[country]))
            return Name(f"{year} {stem} {self._rng.choice(words.CONTESTS)} {self._rng.choice(words.STAGES)}")

        return self._claim(make)

    def describe(self, type_: str, kind: str, country: str, place: str, topic: int) -> str:
        of = self._demonyms.get(country, "")
        if type_ == "paper":
            return f"research paper on {words.TOPICS[topic]}"
        if type_ == "event":
            return f"{of} football match"
        if type_ == "award":
            return f"{of} {kind} award"
        if type_ == "country":
            return "country"
        noun = {
            "company": _KINDS.get(kind, kind), "club": "football club", "region": "province", "person": kind,
            "book": "history book" if kind == "history" else "novel",
        }.get(type_, type_)  # fmt: skip
        if type_ in ("city", "university", "museum", "mountain", "company", "club") and place:
            return f"{noun} in {place}" + (f", {country}" if country and country != place else "")
        return f"{of} {noun}".strip()


def _demonym(country: str) -> str:
    stem = country.rstrip("aeiou")
    for ending, adjective in (("istan", "i"), ("land", "landic"), ("mark", "markish"), ("heim", "heimer")):
        if country.endswith(ending):
            return country.removesuffix(ending) + adjective
    return stem + ("ian" if country[-1] in "aeiou" else "ese")


def _school_aliases(label: str, city: str) -> tuple[str, ...]:
    if label == f"University of {city}":
        return (f"{city} University", _acronym(label))
    if label == f"{city} University":
        return (f"University of {city}",)
    short = _acronym(label)
    return (short,) if len(short) >= 3 else ()


def _roman(number: int) -> str:
    text = ""
    for value, digits in (
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ):
        while number >= value:
            text, number = text + digits, number - value
    return text
