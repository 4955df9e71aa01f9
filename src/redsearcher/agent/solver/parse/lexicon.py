"""The phrases of the property table as patterns a parser can try: what comes before and after the other end."""

import re
from typing import Literal, NamedTuple

from redsearcher.world.property import Lang, entity_types, per_table, properties
from redsearcher.world.wording import chinese_event, event

Kind = Literal["fact", "literal", "compare"]


class Pattern(NamedTuple):
    """A verb phrase `prefix + other end + suffix`; fields as in `tree.Verb`."""

    prefix: str
    suffix: str
    kind: Kind
    property: str
    forward: bool
    against: str | None = None


@per_table
def patterns(lang: Lang) -> tuple[Pattern, ...]:
    """All of them, the longest prefix first, so that the most specific is tried first."""
    found: list[Pattern] = []
    for property_ in properties().values():
        phrases = property_.phrases(lang)
        for forward, texts in ((True, phrases.forward), (False, phrases.backward)):
            kind: Kind = "literal" if property_.is_literal else "fact"
            found += [Pattern(*_split(text), kind, property_.id, forward) for text in texts]
        for forward, texts in ((True, phrases.less), (False, phrases.more)):
            found += [Pattern(*_split(text), "compare", property_.id, forward, property_.id) for text in texts]
        if lang == "en" and (text := joining(property_.id)):
            found.append(Pattern(*_split(text), "fact", property_.id, True))
    found += _crossed(lang)
    return tuple(sorted(dict.fromkeys(found), key=lambda p: (p.kind != "literal", -len(p.prefix), -len(p.suffix), p)))


@per_table
def joining(property_id: str) -> str | None:
    """What two share as said of one, in English: "works in {}". None where another property is said so."""
    phrase = properties()[property_id].en.same
    if "the same {noun}" not in phrase:
        return None
    text = phrase.replace("the same {noun}", "{}")
    taken = {said for p in properties().values() if p.id != property_id for said in (*p.en.forward, *p.en.backward)}
    return None if text in taken else text


def _split(text: str) -> tuple[str, str]:
    prefix, _, suffix = text.partition("{}")
    return prefix, suffix


def _crossed(lang: Lang) -> list[Pattern]:
    """Comparisons between two kinds of date: "died before {} was founded"."""
    times = [p for p in properties().values() if p.object[0] == "time"]
    found = []
    for mine in times:
        for theirs in times:
            if mine is theirs:
                continue
            for forward, english, chinese in ((True, "before", "之前"), (False, "after", "之后")):
                if lang == "en":
                    prefix, suffix = f"{event(mine.id)} {english} ", f" {event(theirs.id)}"
                else:
                    prefix, suffix = "在", f"{chinese_event(theirs.id)}{chinese}{chinese_event(mine.id)}"
                found.append(Pattern(prefix, suffix, "compare", mine.id, forward, theirs.id))
    return found


@per_table
def sharings() -> dict[str, tuple[str, str]]:
    """English phrase for what two share -> its property and the type of what is shared, the longest phrase first."""
    found = {
        property_.en.same.replace("{noun}", entity_types()[type_].en.noun): (property_.id, type_)
        for property_ in properties().values()
        if property_.en.same
        for type_ in property_.object
    }
    return dict(sorted(found.items(), key=lambda item: (-len(item[0]), item)))


@per_table
def openings(lang: Lang) -> re.Pattern[str]:
    """What any verb phrase may begin with."""
    starts = {pattern.prefix for pattern in patterns(lang)} | (set(sharings()) if lang == "en" else set())
    prefixes = sorted(starts, key=lambda text: (-len(text), text))
    return re.compile("|".join(re.escape(prefix) for prefix in prefixes if prefix))
