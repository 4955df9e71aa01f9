"""How entities are called on a page: names with articles and quotation marks, glosses, pronouns, links."""

from collections.abc import Callable
from random import Random

from redsearcher.world.property import entity_types
from redsearcher.world.prose.cast import Cast
from redsearcher.world.prose.text import PageText

_QUOTED = frozenset({"film", "book", "paper"})
_WITH_ARTICLE = frozenset({"river", "award", "museum", "event"})
_OF = ("University of ", "Institute of ", "College of ", "Academy of ", "Republic of ", "Kingdom of ",
       "Federation of ", "Commonwealth of ", "School of ", "Polytechnic of ")  # fmt: skip
PRONOUNS = {
    ("en", "male"): ("he", "him", "his"),
    ("en", "female"): ("she", "her", "her"),
    ("en", "thing"): ("it", "it", "its"),
    ("zh", "male"): ("他", "他", "他的"),
    ("zh", "female"): ("她", "她", "她的"),
    ("zh", "thing"): ("它", "它", "它的"),
}


def pronouns(cast: Cast, number: int, lang: str) -> tuple[str, str, str] | None:
    """Subject, object and possessive pronoun; None for people whose sex is not known."""
    key = cast.sex[number] if cast.is_person(number) else "thing"
    return PRONOUNS.get((lang, key))


def needs_article(type_: str, name: str) -> bool:
    """Whether English puts "the" before the name."""
    if name.startswith(("The ", "A ", "An ")):
        return False
    if name.startswith(_OF):
        return True
    if type_ == "university" and " of " in name:
        return True
    if type_ in _WITH_ARTICLE:
        return " " in name or type_ == "river"
    return False


def marks(type_: str, name: str, lang: str) -> tuple[str, str]:
    """What stands before and behind a name in running text."""
    if lang == "zh":
        return ("《", "》") if type_ in _QUOTED and not name.startswith("《") else ("", "")
    if type_ in _QUOTED:
        return "“", "”"
    return ("the ", "") if needs_article(type_, name) else ("", "")


def gloss(cast: Cast, number: int, lang: str) -> str:
    """What an entity is, in one or two words that name no other entity: "film editor", "museum"."""
    if number not in cast.glosses:
        cast.glosses[number] = _gloss(cast, number, lang)
    return cast.glosses[number]


def _gloss(cast: Cast, number: int, lang: str) -> str:
    entity = cast.entities[number]
    noun = entity_types()[entity.type].noun(lang).noun if entity.type in entity_types() else entity.type
    text = entity.description
    if lang == "zh":
        return _gloss_zh(text, cast) if entity.type == "person" else noun
    if " in " in text:
        text = text.split(" in ")[0]
    elif entity.type in ("person", "film", "book", "award", "event"):
        text = text.partition(" ")[2]
    elif entity.type != "paper":
        return noun
    return text if text and (entity.type == "paper" or len(text.split()) <= 3) else noun


def _gloss_zh(text: str, cast: Cast) -> str:
    nation = next((label for label in cast.nations if text.startswith(label)), "")
    return text.removeprefix(nation).removeprefix("的") or "人物"


def with_article(phrase: str) -> str:
    """ "a" or "an" and the phrase."""
    sounds_open = phrase[:1].lower() in "aeiou" and not phrase.lower().startswith(("uni", "eu", "one"))
    return f"{'an' if sounds_open else 'a'} {phrase}"


class Mentions:
    """Writes names of other entities onto one page; the first mention of each links to its home page."""

    def __init__(
        self, cast: Cast, lang: str, text: PageText, home: Callable[[int], str | None], rng: Random, alias_share: float
    ) -> None:
        self._cast, self._lang, self._text = cast, lang, text
        self._home, self._rng, self._alias_share = home, rng, alias_share
        self._linked: set[int] = set()

    def one(self, number: int) -> None:
        """Write one name."""
        entity = self._cast.entities[number]
        name, first = entity.label, number not in self._linked
        if entity.aliases and self._rng.random() < self._alias_share:
            alias = entity.aliases[int(self._rng.random() * len(entity.aliases))]
            name = alias if alias not in self._cast.shared else name
        unclear = first and name in self._cast.shared and entity.type == "person"
        if unclear and self._lang == "en":
            self._text.put(f"the {gloss(self._cast, number, self._lang)} ")
        before, after = marks(entity.type, name, self._lang)
        self._text.put(before)
        self._linked.add(number)
        self._text.name(name, self._home(number) if first else None)
        self._text.put(after)
        if unclear and self._lang == "zh":
            self._text.put(f"（{gloss(self._cast, number, self._lang)}）")

    def several(self, numbers: list[int]) -> None:
        """Write a list: "A, B and C"."""
        last = len(numbers) - 1
        for i, number in enumerate(numbers):
            if i:
                if self._lang == "zh":
                    self._text.put("和" if i == last else "、")
                else:
                    self._text.put(" and " if i == last else ", ")
            self.one(number)
