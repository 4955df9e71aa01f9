"""Where results give no addresses the expert and the solver search on and open nothing."""

import asyncio

from redsearcher.agent.config import EpisodeConfig
from redsearcher.agent.episode import Episode
from redsearcher.agent.solver.model import RulesSolver
from redsearcher.agent.solver.observe import read_observation
from redsearcher.data.expert.library import Library
from redsearcher.data.expert.model import Expert
from redsearcher.data.stream import SMALL_WINDOW, run_expert
from redsearcher.grading.match import grade
from redsearcher.records.tool import ToolCall
from redsearcher.web.toolbox import Toolbox
from tests.data.expert.conftest import SEED, Fresh

BARE = SMALL_WINDOW.model_copy(update={"show_urls": False, "snippet_chars": 240})


def _results(fresh: Fresh, **shown: object) -> str:
    name = next(iter(fresh.world.entities.values())).label
    tools = Toolbox(fresh.web, BARE.model_copy(update=shown))
    return asyncio.run(tools.call(ToolCall(id="c", name="search", arguments={"query": [name]}))).content


def test_the_same_results_without_addresses(fresh: Fresh) -> None:
    with_urls, bare = _results(fresh, show_urls=True), _results(fresh)
    assert "http" in with_urls and "http" not in bare and ".example" not in bare
    (full,), (short,) = read_observation(with_urls).results, read_observation(bare).results
    assert len(short.hits) >= 2 and [hit.title for hit in short.hits] == [hit.title for hit in full.hits]
    assert [hit.sentences for hit in short.hits] == [hit.sentences for hit in full.hits]
    assert len(bare) < 0.85 * len(with_urls)


def test_the_expert_answers_by_searching_alone(fresh: Fresh) -> None:
    easy = [one.task for one in fresh.tasks if one.task.role == "easy"]
    tools, expert = Toolbox(fresh.web, BARE), Expert([one.task for one in fresh.tasks], Library(fresh.world))
    done = [run_expert(task, expert, tools, SEED) for task in easy]
    assert {call.name for one in done for step in one.steps for call in step.calls} == {"search"}
    right = [grade(one.answer, task.answer, task.aliases).value == 1.0 for one, task in zip(done, easy, strict=True)]
    assert sum(right) >= 0.6 * len(easy)


def test_the_solver_opens_nothing(fresh: Fresh) -> None:
    tools = Toolbox(fresh.web, BARE)
    task = fresh.tasks[0].task
    outcome = asyncio.run(Episode(task.question, RulesSolver(), tools, EpisodeConfig(temperature=0.0), SEED).run())
    assert {call.name for step in outcome.steps for call in step.calls} == {"search"}
