"""Whether a question written by a model says its query, no more and no less: what rules can tell."""

import re
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, Field

from redsearcher.agent.solver.parse.question import parse_question
from redsearcher.agent.solver.parse.tree import ParseError
from redsearcher.core.text import contains_name, fold
from redsearcher.records.query import CompareAtom, Constraint, FactAtom, LiteralAtom, Query
from redsearcher.records.world import Entity
from redsearcher.synthesis.candidate import leaked_name
from redsearcher.synthesis.verbalise.brief import Brief, numbers
from redsearcher.synthesis.verify.claim import line_up
from redsearcher.world.interval import Interval, read, wordings
from redsearcher.world.property import Lang, entity_types, properties

MAX_SPARE = 6
"""Content words that belong to no condition, at most: what binds sentences together."""
_STEM = 4
_SMALL_TEXT = (
    "about also and another are asked been being both called did does find first for from had has have him "
    "her his identify into its known latter looking name named not now one other second same she some someone "
    "something tell than that the their them there they thing this third those title was were what when where "
    "which while who whose whom with wrote you your fourth fifth former here case question answer just once "
    "still himself herself itself themselves"
)
_SMALL = frozenset(_SMALL_TEXT.split())
_CHINESE_STEM = 2


class Said(BaseModel):
    """A condition and the words of the question that say it."""

    condition: str
    words: str = Field(min_length=1)


class Draft(BaseModel):
    """What a writer replies."""

    question: str = Field(min_length=10)
    says: list[Said] = Field(min_length=1)


def complaints(draft: Draft, query: Query, brief: Brief, entities: Mapping[str, Entity], lang: Lang) -> list[str]:
    """What is wrong with a draft, in words for its writer; nothing if it is faithful as far as rules can tell."""
    question = " ".join(draft.question.split())
    labels = [variable.label or "" for variable in query.givens]
    found = [
        *_form(question, labels, lang),
        *_names(question, query, entities, lang),
        *_coverage(question, draft, query, lang),
    ]
    if not found:
        found += _excess(question, draft, brief, query, lang)
    if not found:
        found += _grammar(question, query, entities, lang)
    return found


def _form(question: str, labels: Sequence[str], lang: Lang) -> list[str]:
    found = [] if question.endswith(("?", "？")) else ["the question does not end by asking (a question mark)"]
    rest = _without(question, labels)
    letter = r"(?<![\w“\"'’])[B-HJ-Z](?![\w.'’])" if lang == "en" else r"(?<![A-Za-z])[A-Z](?![A-Za-z.])"
    if re.search(letter, rest):
        found.append("the question uses a letter for something unknown")
    return found


def _names(question: str, query: Query, entities: Mapping[str, Entity], lang: Lang) -> list[str]:
    """Names that lack, and names that no given bears."""
    labels = [variable.label or "" for variable in query.givens]
    found = [f"the name “{label}” is not in the question" for label in labels if not contains_name(question, label)]
    if leak := leaked_name(question, query, dict(entities)):
        found.append(f"the question names “{leak}”, which the reader must find out")
    rest = _without(question, labels)
    spoken = [name for part in re.findall(r"“([^”]+)”|《([^》]+)》", rest) for name in part if re.search(r"\w", name)]
    if lang == "en":
        spoken += re.findall(r"(?<![.?!“]\s)(?<!^)(?<!\w)[A-Z][a-z]+\w*(?: [A-Z]\w+)*", rest)
    return found + [f"the question names “{name}”, which no condition does" for name in dict.fromkeys(spoken)]


def _coverage(question: str, draft: Draft, query: Query, lang: Lang) -> list[str]:
    known = {constraint.id: constraint for constraint in query.constraints}
    found = [f"there is no condition {said.condition}" for said in draft.says if said.condition not in known]
    given = [said.condition for said in draft.says]
    found += [f"condition {id_} is not said" for id_ in known if id_ not in given]
    for said in draft.says:
        words = " ".join(said.words.split())
        if fold(words) not in fold(question):
            found.append(f"the words given for {said.condition} do not stand in the question: “{words}”")
        elif said.condition in known and (problem := _says(words, known[said.condition], lang)):
            found.append(f"{said.condition}: {problem}")
    return found


def _says(words: str, constraint: Constraint, lang: Lang) -> str | None:
    """What keeps the words from saying the condition, or None."""
    if isinstance(constraint, LiteralAtom):
        wanted = Interval(constraint.low, constraint.high)
        readings = [r for at in range(len(words)) for r, _ in read(constraint.property, words, at, lang)]
        if not any(_near(r.low, wanted.low) and _near(r.high, wanted.high) for r in readings):
            return (
                f"“{words}” does not give the range, one of: {', '.join(wordings(constraint.property, wanted, lang))}"
            )
        return None
    if isinstance(constraint, FactAtom) and not _speaks_of(words, constraint.property, lang):
        return f"“{words}” does not speak of the relation “{properties()[constraint.property].label[lang]}”"
    if isinstance(constraint, CompareAtom):
        mine, theirs = properties()[constraint.left_property], properties()[constraint.right_property]
        phrases = [*mine.phrases(lang).less, *theirs.phrases(lang).more]
        orders = ("before", "after", "earl", "late", "old", "young", "less", "more", "than", "early", "前", "后", "比")
        if not any(order in words for order in orders) and not any(phrase[:4] in words for phrase in phrases):
            return f"“{words}” compares nothing"
    return None


def _speaks_of(words: str, property_id: str, lang: Lang) -> bool:
    """Whether some word of the property's phrases, cues, nouns or label begins a word here."""
    property_ = properties()[property_id]
    phrases = property_.phrases(lang)
    texts = (*phrases.forward, *phrases.backward, *phrases.cues, phrases.object_noun, phrases.subject_noun)
    nouns = {type_.noun(lang).noun for type_ in entity_types().values()}
    texts = (*(text for text in texts if text not in nouns), property_.label[lang], phrases.same.replace("{noun}", ""))
    said = fold(words)
    if lang == "zh":
        bits = {
            text[i : i + _CHINESE_STEM] for text in texts for i in range(len(text) - 1) if "{" not in text[i : i + 2]
        }
        return any(bit in said for bit in bits if "}" not in bit)
    stems = {word[:_STEM] for text in texts for word in re.findall(r"[a-z]+", fold(text)) if word not in _SMALL}
    rows = [re.findall(r"[a-z]+", fold(text)) for text in phrases.forward]
    bare = [row for row in rows if max(map(len, row)) < _STEM]
    short = {word for row in bare for word in row} - {"is", "was", "has", "are", "were", "had", "a", "an", "the"}
    spoken = re.findall(r"[a-z]+", said)
    return any(word[:_STEM] in stems for word in spoken if len(word) >= _STEM) or bool(short & set(spoken))


def _excess(question: str, draft: Draft, brief: Brief, query: Query, lang: Lang) -> list[str]:
    """What stands in the question beside the words of its conditions."""
    rest = _without(question, [*(said.words for said in draft.says), *(v.label or "" for v in query.givens)])
    proper = [n for told in brief.conditions for text in (told.text, *told.ways) for n in numbers(text)]
    named = [n for variable in query.givens for n in numbers(variable.label or "")]
    odd = [n for n in numbers(question) if n not in proper and n not in named]
    if odd:
        return [f"the question says {', '.join(odd)}, which no condition does"]
    if lang == "zh":
        spare = re.sub(r"[\W\d_]", "", rest)
        return [f"no condition says “{rest.strip()}”"] if len(spare) > 4 * MAX_SPARE else []
    nouns = {word for type_ in entity_types().values() for word in re.findall(r"[a-z]+", type_.en.noun)}
    spare_words = [w for w in re.findall(r"[a-z]{4,}", fold(rest)) if w not in _SMALL and w.rstrip("s") not in nouns]
    return [f"no condition says “{' '.join(spare_words)}”"] if len(spare_words) > MAX_SPARE else []


def _grammar(question: str, query: Query, entities: Mapping[str, Entity], lang: Lang) -> list[str]:
    """Where the offline grammar can read the question, it must read the query."""
    try:
        reading = parse_question(question, lang)
    except ParseError:
        return []
    claims = line_up(reading, query, entities)
    if claims.is_faithful:
        return []
    unsaid = ", ".join(c.id for c in claims.unsaid) or "nothing"
    return [f"read literally, the question leaves out {unsaid} and says {len(claims.extra)} other things"]


def _without(text: str, parts: Sequence[str]) -> str:
    """The text less those parts, the longest first; a bar stands where each was."""
    for part in sorted((" ".join(part.split()) for part in parts), key=len, reverse=True):
        if part:
            text = re.sub(re.escape(part), "|", text, flags=re.IGNORECASE)
    return text


def _near(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= 1e-3 * max(1.0, abs(one))
