"""Evolution and fuzzing: what comes out is unique, tight, reproduced by its tools, and proved by other means."""

import random
from pathlib import Path

import pytest

from redsearcher.core.rundir import RunDir
from redsearcher.errors import DataError, InputError
from redsearcher.graph.evaluate import answers
from redsearcher.records.query import Constant, FactAtom, Operand, Query, Role, ToolAtom, ToolExpression, Variable
from redsearcher.records.task import ToolOutput
from redsearcher.records.world import Document, Entity
from redsearcher.synthesis.check import check_tasks
from redsearcher.synthesis.evolve.bearing import sectors
from redsearcher.synthesis.evolve.check import tool_problems
from redsearcher.synthesis.evolve.kit import EDITORS
from redsearcher.synthesis.evolve.output import Reproducer
from redsearcher.synthesis.evolve.stated import find_stated, variants
from redsearcher.synthesis.evolve.window import around, round_step, windows
from redsearcher.synthesis.fuzz.hint import clues
from redsearcher.synthesis.fuzz.span import holds_more
from redsearcher.synthesis.rewrite import RewriteConfig, RewriteReport, rewrite
from redsearcher.synthesis.rewriting import has_start
from redsearcher.synthesis.surgery import dropped, freed, spots
from redsearcher.synthesis.verbalise.question import verbalise
from redsearcher.world.store import World
from tests.synthesis.conftest import N_REWRITTEN, REWRITE, Made


def test_tasks_need_tools_and_pass_every_check(world: World, rewritten: RewriteReport) -> None:
    assert len(rewritten.tasks) >= 2
    certificates = {c.task: c for c in rewritten.certificates}
    assert check_tasks(world, rewritten.tasks, certificates) == []
    for task in rewritten.tasks:
        atoms = [c for c in task.query.constraints if isinstance(c, ToolAtom) and c.call.tool != "name"]
        assert atoms and task.tool_outputs and task.request.tools
        assert {output.name for output in task.tool_outputs} == set(task.request.tools)
        certificate = certificates[task.id]
        assert certificate.n_answers == 1 and certificate.tight
        assert certificate.n_tool_sources == len(task.tool_outputs)
        for atom in atoms:
            assert certificate.necessity[atom.id] > 1
            assert len(answers(task.query.without(atom.id), world.stated, limit=2)) > 1
        assert [edit.kind for edit in task.edits][:2] == ["verbalise", "evolve"]
        assert task.edits[-1].after == task.question
        assert all(edit.lexical_overlap is not None for edit in task.edits[1:])


def test_the_same_again_and_after_a_cut(world: World, made: Made, rewritten: RewriteReport, tmp_path: Path) -> None:
    run = RunDir.open(tmp_path / "again", REWRITE)
    certificates = {c.task: c for c in made.report.certificates}
    half = rewrite(world, run, made.report.tasks[:2], certificates, REWRITE)
    assert {task.id for task in half.tasks} <= {task.id for task in rewritten.tasks}
    assert rewrite(world, run, made.report.tasks[:N_REWRITTEN], certificates, REWRITE) == rewritten


def test_a_tampered_tool_output_is_found(world: World, rewritten: RewriteReport) -> None:
    task = rewritten.tasks[0]
    last = task.tool_outputs[-1]
    wrong = last.model_copy(update={"value": last.value + 1})
    tampered = task.model_copy(update={"tool_outputs": (*task.tool_outputs[:-1], wrong)})
    assert "its tool outputs are not what the tools say now" in tool_problems(world, [tampered])[task.id]
    spare = task.model_copy(update={"tools": ("search", "visit", "maps", "scholar", "python")})
    assert any("asks for" in text for text in tool_problems(world, [spare])[task.id])


def test_a_range_the_tools_deny_is_found(world: World, rewritten: RewriteReport) -> None:
    task = rewritten.tasks[0]
    moved = tuple(
        ToolAtom(id=c.id, call=c.call, low=1e9, high=2e9, facts=c.facts) if isinstance(c, ToolAtom) else c
        for c in task.query.constraints
    )
    reproducer = Reproducer(world)
    with pytest.raises(DataError, match="not in its range"):
        reproducer.outputs(Query(variables=task.query.variables, constraints=moved))
    reproducer.close()


def test_configs_name_what_they_do_not_know() -> None:
    with pytest.raises(InputError, match="no tool 'oven'"):
        RewriteConfig.parse({"evolve": {"tools": ["oven"]}}, "test")
    with pytest.raises(InputError, match="nothing to do"):
        RewriteConfig.parse({}, "test")
    with pytest.raises(InputError, match="no editor 'blur'"):
        RewriteConfig.parse({"fuzz": {"editors": ["blur"]}}, "test")
    chosen = RewriteConfig.parse({"evolve": {"tools": ["maps"]}}, "test").evolve
    assert chosen is not None and "chain" not in chosen.chosen and "distance" in chosen.chosen


# ---- parts


def _query() -> Query:
    return Query(
        variables=(
            Variable(name="x1", role=Role.ANSWER, type="person", entity="E1"),
            Variable(name="g1", role=Role.GIVEN, type="city", entity="E2", label="Velm"),
            Variable(name="g2", role=Role.GIVEN, type="film", entity="E3", label="Osk"),
        ),
        constraints=(
            FactAtom(id="c1", subject="x1", property="P19", object="g1", facts=("f1",)),
            FactAtom(id="c2", subject="g2", property="P57", object="x1", facts=("f2",)),
        ),
    )


def test_surgery() -> None:
    query = _query()
    made, name = freed(query, "g1")
    assert name == "x2"
    assert made.variable("x2").role is Role.LATENT and made.variable("x2").label is None
    assert made.constraints[0].variables == ("x1", "x2") and made.constraints[1] == query.constraints[1]
    assert {v.name for v in dropped(query, {"c1"}).variables} == {"x1", "g2"}
    found = list(spots(query, ("city",), random.Random(1)))
    assert [(spot.variable, spot.freed) for spot in found] == [("x2", True)]
    assert {s.variable for s in spots(query, ("person",), random.Random(1))} == {"x1"}


def test_a_start_is_a_name_that_can_be_searched() -> None:
    call = ToolExpression(
        tool="python",
        function="sum",
        operands=(Operand(variable="x1", property="P1"), Operand(variable="g1", property="P1")),
    )
    variables = _query().variables[:2]
    assert has_start(_query())
    assert not has_start(Query(variables=variables, constraints=(ToolAtom(id="t", call=call, low=1, high=2),)))


def test_how_often_somebody_is_cited_is_no_start() -> None:
    given = Variable(name="g", role=Role.GIVEN, type="person", entity="E1", label="A")
    people = (Variable(name="a", role=Role.ANSWER, type="person", entity="E2"), given)

    def query(function: str, *nested: str) -> Query:
        ends = tuple(Operand(variable=name) for name in ("g", "a"))
        calls = tuple(
            ToolExpression(tool="scholar", function=f, operands=(e,)) for f, e in zip(nested, ends, strict=False)
        )
        tool = "python" if nested else "scholar"
        call = ToolExpression(tool=tool, function=function, operands=calls or ends)
        return Query(variables=people, constraints=(ToolAtom(id="t", call=call, low=1, high=2),))

    assert has_start(query("joint_papers"))
    assert not has_start(query("sum", "citations", "citations"))


@pytest.mark.parametrize("value", [3.0, 47.3, 812.0, 1_234_567.0, 0.37])
def test_windows_hold_the_value_and_narrow(value: float) -> None:
    found = windows(value, random.Random(5), least=0.001)
    assert all(low <= value <= high for low, high in found)
    widths = [high - low for low, high in found]
    assert widths == sorted(widths, reverse=True) and len(found) >= 2


def test_steps_and_sectors() -> None:
    assert [round_step(x) for x in (7.0, 1.0, 0.3, 99)] == [5.0, 1.0, 0.2, 50.0]
    assert around(2) == [(0.0, 5.0), (0.0, 4.0), (1.0, 3.0), (2.0, 2.0)]
    for degrees in (0.05, 12.0, 181.0, 359.9):
        assert all(0 <= low < degrees < high < 360 for low, high in sectors(degrees, random.Random(2)))


def test_wider_means_more() -> None:
    assert holds_more((None, 5.0), (1.0, 5.0)) and holds_more((0.0, 9.0), (1.0, 5.0))
    assert not holds_more((1.0, 5.0), (1.0, 5.0)) and not holds_more((2.0, None), (1.0, 5.0))


def test_clues() -> None:
    assert clues("42") == []
    assert clues("Velm")[0] == (("first", "V", 1.0),)
    assert (("initials", "KD", 1.0),) in clues("Kesi Dun")
    assert all(clue[0] != "initials" for row in clues("北京大学") for clue in row)


def _stated(text: str, about: tuple[str, ...] = ()) -> dict[str, str]:
    call = ToolExpression(tool="maps", function="distance", operands=(Operand(variable="g1"), Operand(variable="x1")))
    atom = ToolAtom(id="t", call=call, low=300, high=400)
    variables = (
        Variable(name="x1", role=Role.ANSWER, type="city", entity="E1"),
        Variable(name="g1", role=Role.GIVEN, type="city", entity="E2", label="Osk"),
    )
    output = ToolOutput(constraint="t", name="maps", arguments={}, result="", value=354.8)
    entities = {"E1": Entity(id="E1", label="Velm", type="city"), "E2": Entity(id="E2", label="Osk", type="city")}
    page = Document(url="u", site="s", kind="k", title="t", text=text, about=about)
    return find_stated({"task": (Query(variables=variables, constraints=(atom,)), [output])}, entities, [page])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Velm lies 355 km from the coast.", True),
        ("Velm lies 354.8 kilometres from Osk.", True),
        ("Velm has 355 inhabitants.", False),
        ("Velm lies 1,355 km from the coast.", False),
        ("The river is 355 km long.", False),
    ],
)
def test_a_page_that_states_the_result_gives_it_away(text: str, found: bool) -> None:
    assert bool(_stated(text)) is found
    assert bool(_stated("It is 355 km long.", ("E1",)))


def test_variants_of_other_results() -> None:
    travel = ToolExpression(
        tool="maps", function="travel",
        operands=(Operand(variable="a"), Operand(variable="b"), Constant(text="car")),
    )  # fmt: skip
    assert "5 h 12" in variants(travel, 312)
    index = ToolExpression(tool="scholar", function="h_index", operands=(Operand(variable="a"),))
    assert "h-index of 3" in variants(index, 3.0)
    total = ToolExpression(
        tool="python", function="sum",
        operands=(Operand(variable="a", property="P1082"), Operand(variable="b", property="P1082")),
    )  # fmt: skip
    assert "1,234,567" in variants(total, 1_234_567.0)


def _worded(call: ToolExpression, low: float | None, high: float | None, lang: str) -> str:
    query = _query()
    atom = ToolAtom(id="t", call=call, low=low, high=high)
    variables = (*query.variables, Variable(name="g9", role=Role.GIVEN, type="city", entity="E9", label="Rek"))
    asked = Query(variables=variables, constraints=(*query.constraints, atom))
    return verbalise(asked, {"E2": "Velm", "E3": "Osk", "E9": "Rek"}, lang=lang, seed=1)


@pytest.mark.parametrize(
    ("tool", "function", "operands", "span", "says"),
    [
        ("maps", "distance", ("g9", "g1"), (400, 450), "Velm lies between 400 and 450 km from Rek as the crow flies."),
        (
            "maps",
            "bearing",
            ("g9", "g1"),
            (10, 40),
            "Seen from Rek, Velm lies at a bearing of between 10 and 40 degrees.",
        ),
        ("maps", "nearness", ("g9", "g1"), (1, 1), "Velm is the nearest city to Rek."),
        ("maps", "nearness", ("g9", "g1"), (1, 3), "Velm is one of the three cities nearest to Rek."),
        ("scholar", "h_index", ("x1",), (3, 3), "has an h-index of exactly 3."),
        ("scholar", "citations", ("x1",), (10, 20), "has been cited between 10 and 20 times."),
        ("name", "letters", ("x1",), (9, 9), "has exactly 9 letters."),
    ],
)
def test_what_tools_say_in_english(
    tool: str, function: str, operands: tuple[str, ...], span: tuple[float, float], says: str
) -> None:
    call = ToolExpression(tool=tool, function=function, operands=tuple(Operand(variable=o) for o in operands))  # type: ignore[arg-type]
    assert says in _worded(call, *span, "en")
    assert len(_worded(call, *span, "zh")) > len(verbalise(_query(), {"E2": "Velm", "E3": "Osk"}, lang="zh", seed=1))


def test_nothing_else_is_said_of_a_stranger() -> None:
    query = _query()
    call = ToolExpression(tool="scholar", function="h_index", operands=(Operand(variable="x9"),))
    stranger = Variable(name="x9", role=Role.LATENT, type="person", entity="E7")
    asked = Query(
        variables=(*query.variables, stranger), constraints=(*query.constraints, ToolAtom(id="t", call=call, low=1))
    )
    with pytest.raises(ValueError, match="nothing introduces"):
        verbalise(asked, {"E2": "Velm", "E3": "Osk"}, lang="en", seed=1)


def test_every_editor_says_which_tools_it_needs() -> None:
    for name, editor in EDITORS.items():
        assert editor.name == name
        assert editor.tools and set(editor.tools) <= {"maps", "scholar", "python"}
