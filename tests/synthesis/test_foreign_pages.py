"""Pages that a web has beside its world's: what they say counts against a task, and addresses change no judgement."""

from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

from redsearcher.core.rundir import RunDir
from redsearcher.graph.certify import needed_facts
from redsearcher.graph.cover import minimum_cover
from redsearcher.records.query import FactAtom
from redsearcher.records.task import Certificate, Task, Verdict, VerifyStage
from redsearcher.records.world import Document, Strength
from redsearcher.synthesis.audit import Auditor
from redsearcher.synthesis.config import VerifyConfig
from redsearcher.synthesis.verify.cascade import verify_static
from redsearcher.web.address.config import AddressConfig
from redsearcher.web.builder import build_web
from redsearcher.web.config import WebConfig
from redsearcher.web.engine import Web
from redsearcher.world.store import World
from tests.synthesis.conftest import Made
from tests.web.pages import page


def _web(path: Path, world: World, more: Iterable[Document], config: WebConfig | None = None) -> Web:
    config = config or WebConfig(writer_threads=1)
    build_web(path, [*world.documents(), *more], config, world_id=world.id, lang="en")
    return Web.open(path)


def _sparing(
    tasks: Iterable[Task], certificates: dict[str, Certificate], world: World, web: Web
) -> tuple[Task, Document]:
    """A task, and a page that names the ends of two of its facts, so that fewer pages state them all."""
    auditor = Auditor(world, web, top_k=5)
    for task in tasks:
        entities = {v.name: v.entity for v in task.query.variables}
        loose = {fact: world.stating(fact, Strength.LOOSE) for fact in needed_facts(task.query)}
        for pair in combinations([atom for atom in task.query.constraints if isinstance(atom, FactAtom)], 2):
            planted = {fact for atom in pair for fact in atom.facts}
            cover = minimum_cover([pages | {"planted"} if fact in planted else pages for fact, pages in loose.items()])
            fewer = cover is not None and len(cover) < certificates[task.id].msd_loose
            if fewer and not auditor._forces(task.query, frozenset(atom.id for atom in pair)):
                ends = [
                    world.entities[found].label for atom in pair for name in atom.variables if (found := entities[name])
                ]
                return task, page("https://gossip.example/1", "Who knows whom", f"Seen together: {', '.join(ends)}.")
    raise AssertionError("no task can be spared a page")


def _verdicts(path: Path, world: World, web: Web, made: Made, tasks: list[Task]) -> list[Verdict]:
    path.mkdir()
    certificates = {c.task: c for c in made.report.certificates}
    return verify_static(RunDir(path), world, tasks, certificates, web, VerifyConfig()).verdicts


def test_a_page_of_noise_that_says_more_at_once_lowers_msd(world: World, web: Web, made: Made, tmp_path: Path) -> None:
    certificates = {c.task: c for c in made.report.certificates}
    task, planted = _sparing(made.report.tasks, certificates, world, web)
    noisy = _web(tmp_path / "noisy", world, [planted])
    audit = Auditor(world, noisy, top_k=50).audit(task)
    assert audit.msd_web is not None and audit.msd_web < certificates[task.id].msd_loose
    assert not audit.page_shortcut
    assert Auditor(world, web, top_k=50).audit(task).msd_web is None
    found = [v for v in _verdicts(tmp_path / "run", world, noisy, made, [task]) if v.stage is VerifyStage.SHORTCUT]
    assert [v.keep for v in found] == [False]
    assert found[0].reason.startswith(f"foreign pages: they say more at once; MSD {audit.msd_web} on the web")


def test_noise_that_says_nothing_changes_nothing(world: World, web: Web, made: Made, tmp_path: Path) -> None:
    certificates, task = {c.task: c for c in made.report.certificates}, made.report.tasks[0]
    idle = [page(f"https://idle.example/{n}", f"Idle {n}", "Nothing is said of anybody here.") for n in range(5)]
    noisy = _web(tmp_path / "noisy", world, idle)
    assert Auditor(world, noisy, top_k=50).audit(task).msd_web == certificates[task.id].msd_loose
    kept = [(v.stage, v.keep) for v in _verdicts(tmp_path / "plain", world, web, made, made.report.tasks[:4])]
    assert [(v.stage, v.keep) for v in _verdicts(tmp_path / "run", world, noisy, made, made.report.tasks[:4])] == kept


def test_addresses_change_no_verdict(world: World, web: Web, made: Made, tmp_path: Path) -> None:
    config = WebConfig(writer_threads=1, addresses=AddressConfig(seed=7))
    hidden, tasks = _web(tmp_path / "hidden", world, [], config), made.report.tasks[:6]
    for task in tasks:
        before, after = Auditor(world, web, top_k=50).audit(task), Auditor(world, hidden, top_k=50).audit(task)
        assert after == before.model_copy(update={"web": hidden.info.id})
    told = [
        [(v.task, v.stage, v.keep, v.reason) for v in _verdicts(tmp_path / name, world, shown, made, tasks)]
        for name, shown in (("plain", web), ("addressed", hidden))
    ]
    assert told[0] == told[1]
