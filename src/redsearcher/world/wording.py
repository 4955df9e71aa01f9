"""The words questions are made of, for their writer and their reader: role nouns, plurals, articles, quotes."""

import re
from typing import Literal, NamedTuple

from redsearcher.world.property import Lang, entity_types, per_table, properties

End = Literal["object", "subject"]
WORKS = frozenset({"film", "book", "paper", "series"})
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
CHINESE_DIGITS = "一二三四五六七八九"
_PLURALS = {"child": "children", "head of state": "heads of state", "place of death": "places of death"}
_OF_NAME = re.compile(
    r"((University|Museum|Republic|Kingdom|Federation|Institute|Academy|Order|Bank|College|School|Library|House|Duchy"
    r"|Principality|Province|District|Gulf|Isle|City|Union) of|United) (?=[A-Z])"
)
_ARTICLE_END = re.compile(
    r"(Republic|Kingdom|Empire|Union|Federation|Confederation|Islands|States|Emirates|Nations|Netherlands|Philippines"
    r"|Bahamas|Maldives|Party|Society|Association|Academy|Organization|Museum|Gallery)$"
)
_ARTICLE_TYPES = frozenset({"country", "place", "organization", "party", "museum"})
_OWN_ARTICLE = re.compile(r"The |[A-Z]\w*['’]s? ")
SHORT_FORMS = ("St", "Dr", "Mr", "Mrs", "Ms", "Jr", "Sr", "Mt", "Co", "No")
STOP = "".join(rf"(?<!\b{form})" for form in ("[A-Z]", *SHORT_FORMS)) + r"\.\s|[?!;:]\s"
"""Where a sentence or a clause ends for sure: no name out of quotes goes beyond it."""
_BLURRED = re.compile(
    STOP + r"|[.?!;:,]$|[\"“”()]|, [^A-Z]| (and|or|who|that|which|whose|before|after|than) [^A-Z]|['’]s [^A-Z]"
)
_PARTICIPLE = re.compile(r"(?P<verb>was|is) (?=(?:\w+ed|born|written|set|held|won|led|fed) (?!in(?:to)? its))")
_CHINESE_BLURRED = re.compile(r"[，。？！；：、《》“”的]|^[一另又某这那该其此第它有]|^\d")
ABBREVIATION = re.compile(rf"(?:^|[\s“(.-])(?:[A-Z]|{'|'.join(SHORT_FORMS)})\.$")
_LOWER_ARTICLE = re.compile(r"(a|an|the|this|that|one|another|its|their|it) ")


class RoleNoun(NamedTuple):
    """A noun such as "director": whoever stands at `end` of `property`."""

    noun: str
    property: str
    end: End


@per_table
def role_nouns(lang: Lang) -> tuple[RoleNoun, ...]:
    """Every noun that may stand for a variable, longest first; a noun belongs to one end of one property."""
    found = []
    for property_ in properties().values():
        phrases = property_.phrases(lang)
        for end in phrases.roles:
            noun = phrases.object_noun if end == "object" else phrases.subject_noun
            found.append(RoleNoun(noun, property_.id, end))
    return tuple(sorted(found, key=lambda role: (-len(role.noun), role.noun)))


@per_table
def role_noun(property_id: str, end: End, lang: Lang) -> str | None:
    """The noun of that end, or None if it has none fit for a question."""
    property_ = properties()[property_id]
    if property_.symmetric:
        end = "object"
    return next((role.noun for role in role_nouns(lang) if (role.property, role.end) == (property_id, end)), None)


@per_table
def type_nouns(lang: Lang) -> dict[str, str]:
    """Noun -> type id."""
    return {type_.noun(lang).noun: type_.id for type_ in entity_types().values()}


def plural(noun: str) -> str:
    """The plural of an English role noun."""
    if noun in _PLURALS:
        return _PLURALS[noun]
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "ch", "x")) else "s")


def indefinite(noun: str) -> str:
    """The noun with "a" or "an"."""
    vowel = noun[0].lower() in "aeiou" and not noun.lower().startswith(("uni", "eu", "use", "one"))
    return f"{'an' if vowel else 'a'} {noun}"


def event(property_id: str) -> str:
    """What happened at that time, without the time: "was born"."""
    return properties()[property_id].en.forward[0].replace(" {}", "")


def chinese_event(property_id: str) -> str:
    """What happened at that time, without the time: 出生."""
    return properties()[property_id].zh.forward[0].replace("{}", "").strip("于")


@per_table
def dated_phrases(property_id: str, lang: Lang) -> dict[str, tuple[str, ...]]:
    """Time property -> forward phrases of `property_id` that can carry its date too: "was born in {}" one of birth."""
    property_ = properties()[property_id]
    found: dict[str, tuple[str, ...]] = {}
    for time in properties().values():
        if time.object[0] != "time" or property_.is_literal or not set(time.subject) & set(property_.subject):
            continue
        lead = f"{event(time.id)} " if lang == "en" else chinese_event(time.id)
        phrases = property_.phrases(lang).forward
        fitting = tuple(phrase for phrase in phrases if phrase.startswith(lead) and phrase.endswith("{}"))
        if fitting:
            found[time.id] = fitting
    return found


def reduced(phrase: str) -> str | None:
    """An English verb phrase as it follows a noun without "who was": "directed by {}". None if it cannot."""
    match = _PARTICIPLE.match(phrase)
    return phrase[match.end("verb") :].lstrip() if match else None


def written_name(name: str, type_: str, lang: Lang) -> str:
    """A given's name as a question writes it: works in quotes, an article where English wants one.

    Names that would blur where the name ends are quoted whatever they name. `read_name` takes all of it off again.
    """
    if lang == "zh":
        if type_ in WORKS:
            return f"《{name}》"
        return f"“{name}”" if _CHINESE_BLURRED.search(name) else name
    if type_ in WORKS or _BLURRED.search(name) or _LOWER_ARTICLE.match(name):
        return f"“{name}”"
    if type_ == "occupation":
        return indefinite(name)
    definite = type_ in ("award", "river") or (type_ in _ARTICLE_TYPES and _ARTICLE_END.search(name))
    if _OWN_ARTICLE.match(name):
        return name
    return f"the {name}" if definite or _OF_NAME.match(name) else name


def read_name(text: str) -> str:
    """The name within what `written_name` wrote."""
    if len(text) > 2 and (text[0], text[-1]) in {("“", "”"), ("《", "》"), ('"', '"')}:
        return text[1:-1]
    return re.sub(r"^(the|a|an) (?=\S)", "", text)
