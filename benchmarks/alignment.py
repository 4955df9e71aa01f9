"""How well statement alignment works: against Re-DocRED on CoDEx's relations, and against pairs judged by eye.

REDSEARCHER_DATA=... python benchmarks/alignment.py [--quick] [--by-property]
"""

import argparse
import csv
import json
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from redsearcher.core.paths import need_data
from redsearcher.records.world import Document, Fact
from redsearcher.world.align import Aligner, says
from redsearcher.world.importers import codex_entity
from redsearcher.world.importers.codex import extract_text, read_facts
from redsearcher.world.importers.redocred import AnnotatedDocument, read_redocred
from redsearcher.world.mention import Mention, MentionIndex
from redsearcher.world.naming import demonyms
from redsearcher.world.property import properties
from redsearcher.world.sentence import sentences
from redsearcher.world.sentence_view import SentenceView, Topic, group_of

Triple = tuple[str, str, str]
# Relations of CoDEx that our property table leaves out, with the groups of their ends.
_EXTRA = {
    "P170": ({"other", "person"}, {"person", "group"}),
    "P194": ({"place"}, {"group"}),
    "P488": ({"group"}, {"person"}),
    "P1056": ({"group"}, {"other"}),
}
# Types that a graph gives to an entity for its role; a plain place or organization does not pass for one.
_ROLES = frozenset({"country", "continent", "university", "party", "label", "club", "language", "religion", "genre",
                    "company", "ethnic_group"})  # fmt: skip
_PLAIN = frozenset({"organization", "place", "thing"})
_JUDGED = Path(__file__).with_name("alignment_judged.csv")


class Measure(NamedTuple):
    """Documents' facts said, right ones among them, and how many there are to find."""

    n_said: int
    n_right: int
    n_gold: int

    @property
    def precision(self) -> float | None:
        return self.n_right / self.n_said if self.n_said else None

    @property
    def recall(self) -> float | None:
        return self.n_right / self.n_gold if self.n_gold else None


class Reading(NamedTuple):
    """What alignment said of one document: strict facts with the sentences that say them, and loose ones."""

    strict: dict[Triple, list[tuple[int, int]]]
    loose: set[Triple]


def coarse_types(page: AnnotatedDocument) -> dict[str, str]:
    """The dataset's own four kinds, so that no gold fact leaks in through a narrowed type."""
    return {entity.id: _coarse(entity.type) for entity in page.entities}


def _coarse(type_: str) -> str:
    return {"person": "person", "place": "place", "group": "organization", "other": "thing"}[group_of(type_)]


def read_page(
    page: AnnotatedDocument,
    mentions: Sequence[Mention],
    types: dict[str, str],
    hypotheses: "Hypotheses",
) -> Reading:
    """Align one document: strict by sentence, loose by co-occurrence in the document."""
    document = page.document
    topic = None
    if document.about and document.about[0] in types:
        entity = next((e for e in page.entities if e.id == document.about[0]), None)
        topic = Topic.of(document.about[0], types[document.about[0]], entity.names if entity else ("",))
    strict: dict[Triple, list[tuple[int, int]]] = {}
    starts = [mention.start for mention in mentions]
    for start, end in sentences(document.text):
        inside = mentions[bisect_left(starts, start) : bisect_left(starts, end)]
        if inside:
            view = SentenceView(document.text[start:end], start, inside, types, topic)
            for triple in hypotheses.among(view.entities, types):
                if says(view, *triple):
                    strict.setdefault(triple, []).append((start, end))
    present = dict.fromkeys(entity for mention in mentions for entity in mention.entities)
    return Reading(strict, set(hypotheses.among([*present, *document.about], types)))


class Hypotheses:
    """Which facts are tried: every pair of fitting groups, of fitting types, or only facts known from some document."""

    def __init__(
        self, relations: Iterable[str], known: Iterable[Triple] | None, fine: dict[str, str] | None = None
    ) -> None:
        self._fine = fine
        self._known: dict[tuple[str, str], set[str]] | None = None
        if known is not None:
            self._known = {}
            for subject, property, object_ in known:
                self._known.setdefault((subject, object_), set()).add(property)
        self._fitting: dict[tuple[str, str], list[str]] = {}
        table = properties()
        for relation in relations:
            row = table.get(relation)
            subjects, objects = (
                ({group_of(t) for t in row.subject}, {group_of(t) for t in row.object}) if row else _EXTRA[relation]
            )
            for subject in subjects:
                for object_ in objects:
                    self._fitting.setdefault((subject, object_), []).append(relation)

    def among(self, entities: Iterable[str], types: dict[str, str]) -> Iterable[Triple]:
        present = list(dict.fromkeys(entities))
        for subject in present:
            for object_ in present:
                if subject == object_:
                    continue
                if self._known is not None:
                    relations: Iterable[str] = sorted(self._known.get((subject, object_), ()))
                else:
                    key = (group_of(types.get(subject, "thing")), group_of(types.get(object_, "thing")))
                    relations = self._fitting.get(key, ())
                for relation in relations:
                    if self._fine is None or self._fits(subject, relation, object_):
                        yield subject, relation, object_

    def _fits(self, subject: str, relation: str, object_: str) -> bool:
        row = properties().get(relation)
        return row is None or (self._passes(subject, row.subject) and self._passes(object_, row.object))

    def _passes(self, entity: str, wanted: Sequence[str]) -> bool:
        type_ = (self._fine or {}).get(entity, "thing")
        if type_ in wanted:
            return True
        groups = {group_of(name) for name in wanted if name not in _ROLES}
        return type_ in _PLAIN and group_of(type_) in groups


def measure(pages: Sequence[AnnotatedDocument], readings: Sequence[Reading], relations: set[str]) -> dict[str, Measure]:
    """Document-level counts, micro-averaged, for strict and loose."""
    found = {}
    for name in ("strict", "loose"):
        n_said = n_right = n_gold = 0
        for page, reading in zip(pages, readings, strict=True):
            gold = {_triple(row.fact) for row in page.facts if row.fact.property in relations}
            said = set(getattr(reading, name))
            n_said, n_right, n_gold = n_said + len(said), n_right + len(said & gold), n_gold + len(gold)
        found[name] = Measure(n_said, n_right, n_gold)
    return found


def sentence_measure(pages: Sequence[AnnotatedDocument], readings: Sequence[Reading], relations: set[str]) -> Measure:
    """On facts with sentence evidence: said somewhere; said in a sentence that is evidence; all."""
    n_said = n_right = n_gold = 0
    for page, reading in zip(pages, readings, strict=True):
        for fact, evidence in page.facts:
            if fact.property not in relations or not evidence:
                continue
            n_gold += 1
            spans = reading.strict.get(_triple(fact), [])
            n_said += bool(spans)
            n_right += any(
                start < page.sentences[number][1] and end > page.sentences[number][0]
                for number in evidence
                for start, end in spans
            )
    return Measure(n_said, n_right, n_gold)


def _triple(fact: Fact) -> Triple:
    return (fact.subject, fact.property, str(fact.object))


def by_property(pages: Sequence[AnnotatedDocument], readings: Sequence[Reading], relations: set[str]) -> None:
    said, right, gold = Counter[str](), Counter[str](), Counter[str]()
    for page, reading in zip(pages, readings, strict=True):
        truth = {_triple(row.fact) for row in page.facts if row.fact.property in relations}
        gold.update(p for _, p, _ in truth)
        said.update(p for _, p, _ in reading.strict)
        right.update(triple[1] for triple in reading.strict if triple in truth)
    for relation, n_gold in gold.most_common():
        print(f"  {relation:6} said {said[relation]:5} right {right[relation]:5} gold {n_gold:5}"
              f"  P {right[relation] / max(1, said[relation]):.2f}  R {right[relation] / n_gold:.2f}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the first 100 documents only")
    parser.add_argument("--by-property", action="store_true", help="strict figures of each relation")
    arguments = parser.parse_args()
    data = need_data("redocred")
    relations = set(json.loads((data / "redocred" / "codex_relations_en.json").read_text(encoding="utf-8")))
    everything = read_redocred(data)
    used = {row.fact.property for page in everything for row in page.facts} & relations
    pages = everything[:100] if arguments.quick else everything
    index = MentionIndex((entity.id, entity.names) for page in everything for entity in page.entities)
    all_types = {entity: type_ for page in everything for entity, type_ in coarse_types(page).items()}
    known = {_triple(row.fact) for page in everything for row in page.facts if row.fact.property in used}
    result: dict[str, object] = {"n_documents": len(pages), "n_relations": len(used)}
    print(f"Re-DocRED, {len(pages)} documents, {len(used)} of CoDEx's relations")
    print(f"{'facts tried':12} {'mentions':9} {'strength':8} {'said':>7} {'right':>6} {'gold':>6} {'P':>6} {'R':>6}")
    fine = {entity.id: entity.type for page in everything for entity in page.entities}
    tries = {
        "any pair": Hypotheses(sorted(used), None),
        "typed pair": Hypotheses(sorted(used), None, fine),
        "known": Hypotheses(used, known),
    }
    for tried, hypotheses in tries.items():
        for linker in ("gold", "ours"):
            begun = time.perf_counter()
            readings = [
                read_page(
                    page, page.mentions if linker == "gold" else index.find(page.document.text), all_types, hypotheses
                )
                for page in pages
            ]
            seconds = time.perf_counter() - begun
            for strength, row in measure(pages, readings, used).items():
                _print_row(tried, linker, strength, row)
                result[f"{tried}/{linker}/{strength}"] = [row.precision, row.recall]
            result[f"{tried}/{linker}/seconds"] = round(seconds, 1)
            if linker == "gold" and tried == "known":
                row = sentence_measure(pages, readings, used)
                print(f"facts with evidence, gold mentions: said {row.n_said} of {row.n_gold}, in an evidence sentence "
                      f"{row.n_right}: sentence recall {row.recall:.3f}, "
                      f"sentence precision {row.n_right / max(1, row.n_said):.3f}")  # fmt: skip
                result["sentence_recall"], result["sentence_precision"] = row.recall, row.n_right / max(1, row.n_said)
            if arguments.by_property and linker == "gold" and tried == "typed pair":
                by_property(pages, readings, used)
    if (data / "codex-s-text").is_dir():
        result |= judged_measure(data)
    print(json.dumps(result))


def judged_measure(data: Path) -> dict[str, float]:
    """Strict statements on CoDEx extracts against pairs judged by eye.

    Sample "loose": pairs (fact, extract of one of its ends) drawn from all that co-occur there; sample "strict": strict
    statements of the rarer relations, a relation drawn first, without occupation, citizenship, continent and border.
    """
    facts = read_facts(data)
    entities = codex_entity.read_entities(data, facts)
    extracts = codex_entity.read_extracts(data)
    extra = demonyms(entities)
    index = MentionIndex((entity.id, [*entity.names, *extra.get(entity.id, ())]) for entity in entities)
    aligner = Aligner(facts, entities)
    by_id = {entity.id: entity for entity in entities}
    with _JUDGED.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    said: set[tuple[str, str]] = set()
    for page in sorted({row["page"] for row in rows}):
        title, text = by_id[page].label, extract_text(extracts[page])
        document = Document(url=page, site="", kind="", title=title, text=text, about=(page,))
        said.update((statement.fact, page) for statement in aligner.statements(document, index.find(text)))
    found: dict[str, float] = {}
    for sample in ("loose", "strict"):
        n = Counter(
            ((row["fact"], row["page"]) in said, row["judged"] == "1") for row in rows if row["sample"] == sample
        )
        precision = n[True, True] / max(1, n[True, True] + n[True, False])
        recall = n[True, True] / max(1, n[True, True] + n[False, True])
        print(f"CoDEx, judged by eye, sample {sample}: {sum(n.values())} pairs, strict says {n[True, True]} right, "
              f"{n[True, False]} wrong, misses {n[False, True]}: P {precision:.3f}, R {recall:.3f}")  # fmt: skip
        found[f"judged/{sample}/precision"], found[f"judged/{sample}/recall"] = round(precision, 4), round(recall, 4)
    return found


def _print_row(tried: str, linker: str, strength: str, row: Measure) -> None:
    print(f"{tried:12} {linker:9} {strength:8} {row.n_said:7} {row.n_right:6} {row.n_gold:6} "
          f"{row.precision or 0:6.3f} {row.recall or 0:6.3f}")  # fmt: skip


if __name__ == "__main__":
    main()
