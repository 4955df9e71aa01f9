"""Faults by seed and rate: what they are, whom they hit, and that nothing tells them from the real thing."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from redsearcher.errors import InputError, ToolError, UnavailableError
from redsearcher.records.tool import Hit, Observation, Page, ToolCall
from redsearcher.web.engine import Web
from redsearcher.web.fault.config import FaultConfig, PassingFaults, SearchFaults, VisitFaults
from redsearcher.web.fault.draw import LASTING, PASSING, Draw
from redsearcher.web.fault.inject import Faults, FaultyBackend, FaultyTool, FaultyWeb, Injected
from redsearcher.web.fault.log import FaultLog
from redsearcher.web.moment import MOMENT, Moment, read_moment
from redsearcher.web.tool.python import PythonTool
from redsearcher.web.toolbox import Toolbox
from tests.web.pages import NEWS, OSK, VELM, WANG

NOW = Moment(1, 0)
URLS = (VELM, OSK, NEWS, WANG)


def through(web: Web, **tables: object) -> tuple[FaultyBackend, list[Injected], list[float]]:
    told: list[Injected] = []
    slept: list[float] = []
    return FaultyBackend(web, Faults(FaultConfig.parse(tables, "t"), told.append, sleep=slept.append)), told, slept  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", PASSING)
def test_rates_are_kept(kind: str) -> None:
    draw = Draw(FaultConfig(seed=3, visit=VisitFaults(**{kind: 0.1, "slow": 0.2})))
    found = Counter(draw.passing("visit", f"u{n}", NOW) for n in range(4000))
    assert set(found) == {kind, None} and 320 < found[kind] < 480
    late = [draw.lateness_s("visit", f"u{n}", NOW) for n in range(4000)]
    assert 700 < sum(value > 0 for value in late) < 900 and max(late) <= 8
    assert 0.8 < sorted(value for value in late if value)[sum(value > 0 for value in late) // 2] < 1.25


@pytest.mark.parametrize("kind", LASTING)
def test_what_lasts_depends_on_the_page_alone(kind: str) -> None:
    draw = Draw(FaultConfig(seed=3, visit=VisitFaults(**{kind: 0.25})))
    found = [draw.lasting(f"u{n}") for n in range(2000)]
    assert 420 < found.count(kind) < 580
    other = Draw(FaultConfig(seed=4, visit=VisitFaults(**{kind: 0.25})))
    assert found == [draw.lasting(f"u{n}") for n in range(2000)] != [other.lasting(f"u{n}") for n in range(2000)]


def test_what_passes_is_drawn_anew_at_another_moment() -> None:
    draw = Draw(FaultConfig(search=SearchFaults(error=0.5)))
    by_moment = [draw.passing("search", "velm", Moment(7, call)) for call in range(60)]
    assert 15 < by_moment.count("error") < 45
    assert by_moment == [draw.passing("search", "velm", Moment(7, call)) for call in range(60)]


@pytest.mark.parametrize(
    ("table", "says", "waits"),
    [
        ({"timeout": 1.0}, "did not answer within 10 s. Try again later.", [10.0]),
        ({"too_many": 1.0}, "answered 429 Too Many Requests. Try again later.", []),
        ({"error": 1.0}, "answered 500 Internal Server Error. Try again later.", []),
    ],
)
def test_a_call_that_fails_says_so(web: Web, table: dict[str, float], says: str, waits: list[float]) -> None:
    faulty, told, slept = through(web, visit=table, search=table)
    with pytest.raises(UnavailableError) as visiting:
        faulty.visit(VELM, "mill", 500)
    assert str(visiting.value) == f"{VELM} {says}"
    with pytest.raises(UnavailableError) as searching:
        faulty.search("velm", 3, 320)
    assert str(searching.value) == f"the search {says}"
    assert [(fault.tool, fault.kind) for fault in told] == [(tool, *table) for tool in ("visit", "search")]
    assert slept == waits * 2


def test_a_page_that_is_gone_looks_like_one_that_never_was(web: Web) -> None:
    faulty, _, _ = through(web, visit={"not_found": 1.0})
    with pytest.raises(ToolError) as gone:
        faulty.visit(VELM.replace("(", "%28"), "mill", 500)
    with pytest.raises(ToolError) as never:
        web.visit("https://no.example", "mill")
    assert str(gone.value).replace(VELM, "https://no.example") == str(never.value)
    forbidding, _, _ = through(web, visit={"forbidden": 1.0})
    with pytest.raises(ToolError, match="403 Forbidden"):
        forbidding.visit(VELM, "", 500)


@pytest.mark.parametrize("url", URLS)
def test_short_pages_are_whole_to_the_eye(web: Web, url: str) -> None:
    whole = web.visit(url, "", 100_000)
    for kind, ends in (("truncated", ("",)), ("paywall", ("Log in.", "keep reading.", "member.", "登录。", "全文。"))):
        page = through(web, visit={kind: 1.0})[0].visit(url, "", 100_000)
        assert page == through(web, visit={kind: 1.0})[0].visit(url, "", 100_000)
        assert page.n_chars == page.n_shown and not page.truncated and page.text.endswith(ends)
        shown = page.text if kind == "truncated" else page.text.rpartition("\n\n")[0]
        assert whole.text.startswith(shown) and len(shown) <= len(whole.text)
        assert page.text.count("](") == len(page.links)
    assert len(through(web, visit={"truncated": 1.0})[0].visit(VELM, "", 100_000).text) < 0.7 * len(
        web.visit(VELM, "", 100_000).text
    )


def test_stale_results_lead_nowhere_or_tell_an_old_date(web: Web) -> None:
    faulty, told, _ = through(web, search={"stale": 1.0})
    fresh = {hit.url: hit for hit in web.search("velm osk mill river 王小明", 10)}
    hits: dict[str, Hit] = {hit.url: hit for hit in faulty.search("velm osk mill river 王小明", 10, 320)}
    assert set(hits) == set(fresh)
    for url, hit in hits.items():
        dead = ("stale_dead", url) in {(fault.kind, fault.item) for fault in told}
        assert hit == fresh[url] or (not dead and hit.date is not None and hit.date < str(fresh[url].date))
        if dead:
            with pytest.raises(ToolError, match="no page at"):
                faulty.visit(url, "", 500)
        else:
            assert faulty.visit(url, "", 500) == web.visit(url, "", 500)


def test_without_rates_nothing_changes_but_the_id(web: Web) -> None:
    faulty, told, slept = through(web)
    assert faulty.info.id == f"{web.info.id}-faults-{FaultConfig().identity}"
    for url in URLS:
        assert faulty.visit(url, "mill", 600) == web.visit(url, "mill", 600)
    assert faulty.search("velm osk", 10, 320) == web.search("velm osk", 10, 320)
    assert not told and not slept


def test_the_id_tells_what_an_agent_may_read_and_no_more() -> None:
    plain = FaultConfig()
    assert (
        plain.identity == FaultConfig.parse({"pace": 0.0, "wire": {"error": 0.5}, "visit": {"slow": 0.5}}, "").identity
    )
    assert plain.identity != FaultConfig(seed=1).identity != FaultConfig(seed=1, timeout_s=5).identity


def test_mistakes_in_a_table_are_one_line() -> None:
    for data, says in (
        ({"visit": {"timeout": 1.5}}, "visit.timeout"),
        ({"visit": {"timeout": 0.6, "error": 0.6}}, "add up to 1"),
        ({"visit": {"paywal": 0.1}}, "did you mean 'paywall'"),
        ({"fetch": {}}, "unknown key 'fetch'"),
    ):
        with pytest.raises(InputError, match=says):
            FaultConfig.parse(data, "faults.toml")


def ask(tools: Toolbox, name: str, **arguments: object) -> Observation:
    return asyncio.run(tools.call(ToolCall(id="c", name=name, arguments=arguments)))


def toolbox(web: Web, **tables: object) -> Toolbox:
    faults = Faults(FaultConfig.parse({"pace": 0.0, **tables}, "t"))
    plain = Toolbox(web, more=[PythonTool()])
    return plain.through(lambda inner: FaultyBackend(inner, faults), lambda tool: FaultyTool(tool, faults))


def test_an_agent_reads_what_went_wrong_and_goes_on(web: Web) -> None:
    tools = toolbox(web, search={"error": 1.0}, visit={"timeout": 1.0}, python={"too_many": 1.0})
    found = ask(tools, "search", query=["velm", "osk"])
    assert found.error == "unavailable"
    assert found.content.startswith('## Results for "velm"\nError: the search answered 500 Internal Server Error.')
    assert ask(tools, "visit", url=[VELM], goal="x").error == "not_found"
    ran = ask(tools, "python", code="1")
    assert (ran.error, ran.content) == ("unavailable", "Error: python answered 429 Too Many Requests. Try again later.")
    half = toolbox(web, search={"error": 0.5})
    found = ask(half, "search", query=[f"velm {n}" for n in range(9)])
    assert found.error is None and 0 < found.content.count("Error: the search") < 9


def test_every_fault_is_written_down(web: Web, tmp_path: Path) -> None:
    path = tmp_path / "faults.jsonl"
    MOMENT.set(Moment(5, 2))
    with FaultLog(path) as log:
        faulty = FaultyBackend(web, Faults(FaultConfig(visit=VisitFaults(error=1.0)), log))
        with pytest.raises(UnavailableError):
            faulty.visit(VELM, "", 500)
    MOMENT.set(None)
    assert path.read_text().count("\n") == 1
    assert '"kind": "error"' in path.read_text() and '"seed": 5, "call": 2' in path.read_text()


def test_a_server_gives_no_more_of_a_short_page_by_its_other_doors(web: Web) -> None:
    faulty = FaultyWeb(web, Faults(FaultConfig(visit=VisitFaults(truncated=1.0))))
    document = faulty.document(faulty.resolve(VELM))
    assert len(document.text) < len(web.document(web.resolve(VELM)).text)
    page: Page = faulty.visit(VELM, "")
    assert page.n_chars <= web.visit(VELM, "").n_chars


@pytest.mark.parametrize("text", ["", "1", "1.", ".1", "a.1", "1.b", "1.-1", "--1.1", "٣.1", 3, None, "1" * 80 + ".1"])
def test_a_moment_that_is_none(text: object) -> None:
    assert read_moment(text) is None


@pytest.mark.parametrize("moment", [Moment(0, 0), Moment(-3, 7), Moment(2**63, 10)])
def test_moments_travel(moment: Moment) -> None:
    assert read_moment(str(moment)) == moment


def test_slow_answers_wait_as_long_as_pace_says(web: Web) -> None:
    def waits(pace: float) -> list[float]:
        faulty, _, slept = through(web, pace=pace, search=PassingFaults(slow=1.0).model_dump())
        faulty.search("velm", 3, 320)
        return slept

    assert waits(0.0) == [] and waits(2.0) == [2 * value for value in waits(1.0)] != []
