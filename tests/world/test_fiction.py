"""The fictional world: what every fact must obey, and the structure that tasks need."""

import re
from collections import Counter, defaultdict
from itertools import combinations

import networkx as nx
import pytest

from redsearcher.core.text import is_cjk
from redsearcher.errors import InputError
from redsearcher.records.world import Fact
from redsearcher.world.fiction.config import FictionConfig
from redsearcher.world.fiction.generate import Fiction, generate
from redsearcher.world.property import entity_types, properties

N_ENTITIES = 1500
NOW = 2024


@pytest.fixture(scope="module", params=["en", "zh"])
def fiction(request: pytest.FixtureRequest) -> Fiction:
    return generate(FictionConfig(lang=request.param, n_entities=N_ENTITIES, seed=3))


@pytest.fixture(scope="module")
def english() -> Fiction:
    return generate(FictionConfig(n_entities=3000, seed=1))


def objects(fiction: Fiction) -> dict[str, dict[str, list[str]]]:
    """Property -> subject -> objects."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for fact in fiction.facts:
        if fact.object is not None:
            found[fact.property][fact.subject].append(fact.object)
    return found


def years(fiction: Fiction, property_: str) -> dict[str, int]:
    return {f.subject: int(f.value.text[:4]) for f in fiction.facts if f.property == property_ and f.value}


def test_has_the_size_asked_for_and_ids_in_order(fiction: Fiction) -> None:
    assert [entity.id for entity in fiction.entities] == [f"E{n}" for n in range(1, N_ENTITIES + 1)]


def test_every_type_and_nearly_every_property_occurs(english: Fiction) -> None:
    types = {entity.type for entity in english.entities}
    assert types <= set(entity_types())
    assert len(types) == 16
    assert len({fact.property for fact in english.facts}) >= 55


def test_ends_of_facts_have_the_types_of_the_table(fiction: Fiction) -> None:
    types = {entity.id: entity.type for entity in fiction.entities}
    for fact in fiction.facts:
        row = properties()[fact.property]
        assert types[fact.subject] in row.subject, fact
        if fact.object is not None:
            assert types[fact.object] in row.object, fact
            assert fact.object != fact.subject
        else:
            assert fact.value is not None
            assert fact.value.datatype == row.object[0], fact


def test_no_fact_is_there_twice_and_functional_properties_have_one_object(fiction: Fiction) -> None:
    assert len({fact.id for fact in fiction.facts}) == len(fiction.facts)
    counts = Counter((fact.subject, fact.property) for fact in fiction.facts)
    assert not [key for key, n in counts.items() if n > 1 and properties()[key[1]].functional]


def test_symmetric_properties_have_both_directions(fiction: Fiction) -> None:
    pairs = {(f.property, f.subject, f.object) for f in fiction.facts if properties()[f.property].symmetric}
    assert {p for p, _, _ in pairs} == {"P26", "P47", "P190", "P3373"}
    assert all((p, o, s) in pairs for p, s, o in pairs)


def test_values_are_canonical(fiction: Fiction) -> None:
    shapes = {"day": r"\d{4}-\d\d-\d\d", "month": r"\d{4}-\d\d", "year": r"\d{4}"}
    for fact in fiction.facts:
        if fact.value is None:
            continue
        if fact.value.datatype == "time":
            assert re.fullmatch(shapes[fact.value.precision], fact.value.text)
        elif fact.value.datatype == "quantity":
            assert fact.value.number >= 0
            assert "e" not in fact.value.text
        elif fact.value.datatype == "coordinate":
            latitude, longitude = map(float, fact.value.text.split(","))
            assert -90 <= latitude <= 90
            assert -180 <= longitude <= 180


def test_lives_are_in_order(fiction: Fiction) -> None:
    born, died, links = years(fiction, "P569"), years(fiction, "P570"), objects(fiction)
    assert all(born[p] + 15 < died[p] <= NOW for p in died)
    for child, (mother,) in links["P25"].items():
        assert 16 <= born[child] - born[mother] <= 50
        assert born[child] <= died.get(mother, NOW)
    for child, (father,) in links["P22"].items():
        assert 16 <= born[child] - born[father] <= 60
        assert born[child] <= died.get(father, NOW) + 1
    for student, (advisor,) in links["P184"].items():
        assert born[advisor] < born[student]
    sexes = {f.subject: f.value.text for f in fiction.facts if f.property == "P21" and f.value}
    assert all(sexes[mother] == "female" for (mother,) in links["P25"].values())
    assert all(sexes[father] == "male" for (father,) in links["P22"].values())


def test_works_appear_while_their_makers_live(fiction: Fiction) -> None:
    born, died, out, links = years(fiction, "P569"), years(fiction, "P570"), years(fiction, "P577"), objects(fiction)
    for property_, least_age in (("P57", 20), ("P58", 18), ("P161", 5), ("P86", 18), ("P50", 20)):
        for work, people in links[property_].items():
            for person in people:
                assert born[person] + least_age <= out[work] <= died.get(person, NOW), (property_, work, person)
    for film, (book,) in links["P144"].items():
        assert out[book] <= out[film]
    for paper, cited in links["P2860"].items():
        assert all(out[c] < out[paper] for c in cited)


def test_institutions_exist_before_they_act(fiction: Fiction) -> None:
    since, born, died = years(fiction, "P571"), years(fiction, "P569"), years(fiction, "P570")
    out, played, links = years(fiction, "P577"), years(fiction, "P585"), objects(fiction)
    for property_, dates in (("P272", out), ("P123", out), ("P1433", out), ("P1923", played)):
        for subject, found in links[property_].items():
            assert all(since[o] <= dates[subject] for o in found), (property_, subject)
    for person, found in links["P69"].items():
        assert all(since[o] <= born[person] + 25 for o in found)
    for institution, founders in links["P112"].items():
        assert all(born[p] + 15 <= since[institution] <= died.get(p, NOW) for p in founders)
    for office in ("P169", "P1037", "P286"):
        assert not any(person in died for (person,) in links[office].values())


def test_matches_have_two_teams_and_the_winner_played(fiction: Fiction) -> None:
    links = objects(fiction)
    assert links["P1923"]
    assert all(len(teams) == 2 for teams in links["P1923"].values())
    assert all(winner in links["P1923"][match] for match, (winner,) in links["P1346"].items())


def test_geography_hangs_together(fiction: Fiction) -> None:
    links = objects(fiction)
    types = {entity.id: entity.type for entity in fiction.entities}
    for city, (region,) in links["P131"].items():
        if types[city] == "city":
            assert links["P17"][city] == links["P17"][region]
    for country, (capital,) in links["P36"].items():
        if types[country] == "country":
            assert links["P17"][capital] == [country]


def test_siblings_who_share_parents_are_said_to_be_siblings(fiction: Fiction) -> None:
    links = objects(fiction)
    families: dict[tuple[str, str], list[str]] = defaultdict(list)
    for child, (father,) in links["P22"].items():
        for mother in links["P25"].get(child, []):
            families[father, mother].append(child)
    assert all(b in links["P3373"][a] for children in families.values() for a, b in combinations(children, 2))
    assert max(map(len, families.values())) <= 7


def test_labels_are_unique_but_for_namesakes(fiction: Fiction) -> None:
    labels = Counter(entity.label for entity in fiction.entities)
    shared = {label for label, n in labels.items() if n > 1}
    assert 0 < len(shared) < 0.05 * N_ENTITIES
    assert {e.type for e in fiction.entities if e.label in shared} <= {"person", "film"}
    assert fiction.namesakes >= len(shared)


def test_a_chinese_world_is_chinese_and_an_english_one_is_not() -> None:
    for lang in ("en", "zh"):
        made = generate(FictionConfig(lang=lang, n_entities=400, near_miss_share=0.1))
        assert all(is_cjk(e.label) == (lang == "zh") for e in made.entities)
        assert all(is_cjk(e.description) == (lang == "zh") for e in made.entities)
        assert all(re.search("[A-Za-z]", e.label) is None for e in made.entities if lang == "zh")


def test_same_seed_same_world() -> None:
    config = FictionConfig(n_entities=600, seed=5)
    assert generate(config) == generate(config)


def test_other_seed_other_world() -> None:
    one, other = (generate(FictionConfig(n_entities=400, seed=seed)) for seed in (1, 2))
    assert not {e.label for e in one.entities if e.type == "person"} & {
        e.label for e in other.entities if e.type == "person"
    }


def test_too_small_a_world_is_refused() -> None:
    with pytest.raises(InputError, match="n_entities"):
        FictionConfig.parse({"n_entities": 3}, "fiction")


def test_dense_subgraphs_abound_and_are_varied(english: Fiction) -> None:
    types = {entity.id: entity.type for entity in english.entities}
    graph: nx.Graph[str] = nx.Graph()
    for fact in english.facts:
        if fact.object is not None and "country" not in (types[fact.subject], types[fact.object]):
            graph.add_edge(fact.subject, fact.object)
    kinds: dict[int, Counter[tuple[str, ...]]] = {3: Counter(), 4: Counter()}
    for clique in nx.enumerate_all_cliques(graph):
        if len(clique) > 4:
            break
        if len(clique) > 2:
            kinds[len(clique)][tuple(sorted(types[n] for n in clique))] += 1
    assert kinds[3].total() >= 1000
    assert len(kinds[3]) >= 35
    assert kinds[4].total() >= 200
    assert len(kinds[4]) >= 20


def test_links_are_skewed_to_hubs(english: Fiction) -> None:
    students = Counter(f.object for f in english.facts if f.property == "P69")
    ranked = [n for _, n in students.most_common()]
    assert sum(ranked[: len(ranked) // 10]) > 0.25 * sum(ranked)
    assert ranked[-1] <= 2


def test_every_fact_of_a_planted_subgraph_has_a_near_miss(english: Fiction) -> None:
    held = {(f.subject, f.property, f.object) for f in english.facts}
    held |= {(f.object, f.property, f.subject) for f in english.facts if properties()[f.property].symmetric}
    types = {entity.id: entity.type for entity in english.entities}
    shapes = Counter(motif.shape for motif in english.planted)
    assert shapes["clique"] >= 30
    assert shapes["triangle"] >= 15
    assert shapes["cycle"] >= 15
    assert 0.2 * 3000 <= english.near_misses <= 0.32 * 3000
    for motif in english.planted:
        assert all(edge in held for edge in motif.edges)
        choices = {node: [node, *(copy for copy in motif.copies if types[copy] == types[node])] for node in motif.nodes}
        choices[motif.answer].remove(motif.answer)
        for dropped in motif.edges:
            rest = [edge for edge in motif.edges if edge != dropped]
            assert _has_solution(motif.nodes, choices, rest, held), (motif, dropped)


def _has_solution(
    nodes: tuple[str, ...],
    choices: dict[str, list[str]],
    edges: list[tuple[str, str, str]],
    held: set[tuple[str, str, str | None]],
) -> bool:
    """Whether nodes can be replaced by choices, each by another one, so that all edges hold."""

    def extend(chosen: dict[str, str]) -> bool:
        if len(chosen) == len(nodes):
            return True
        node = nodes[len(chosen)]
        for choice in choices[node]:
            trial = {**chosen, node: choice}
            known = [(trial[s], p, trial[o]) for s, p, o in edges if s in trial and o in trial]
            if choice not in chosen.values() and all(edge in held for edge in known) and extend(trial):
                return True
        return False

    return extend({})


def test_facts_are_in_the_order_of_their_subjects(fiction: Fiction) -> None:
    def number(fact: Fact) -> int:
        return int(fact.subject[1:])

    assert [number(f) for f in fiction.facts] == sorted(number(f) for f in fiction.facts)
