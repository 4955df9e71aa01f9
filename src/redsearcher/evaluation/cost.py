"""What rollouts cost: tokens, calls, seconds and money per episode, task and run, and what live backends would have.

Tokens and calls are those of the trajectories, seconds those of the ledger. An attempt that a kill or a second Ctrl-C
cut short was paid for too: what the ledger knows of such attempts, up to its last line before the end, is `redone`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from redsearcher.agent.spend import EPISODE
from redsearcher.core.rundir import RunDir
from redsearcher.errors import ToolError
from redsearcher.evaluation.price import MILLION, THOUSAND, Prices, load_prices
from redsearcher.records.base import Record
from redsearcher.records.chat import Usage
from redsearcher.records.tool import MAPS, SCHOLAR, SEARCH, VISIT, Observation, ToolCall
from redsearcher.records.trajectory import Trajectory
from redsearcher.web import arguments
from redsearcher.web.client.live.ledger import FILE as SPEND_FILE
from redsearcher.web.client.live.ledger import read_paid
from redsearcher.web.readback import read_pages

NOT_SENT = frozenset({"over_budget", "interrupted", "unknown_tool", "bad_arguments"})
"""Calls that end so never reached a backend."""
_NO_LIMIT = 10**6
BILLED = {SEARCH.name: "query", VISIT.name: "url", SCHOLAR.name: "query"}
"""Which argument's items a live backend bills one by one."""


class Cost(Record):
    """What an episode, the episodes of a task, or those of a run came to.

    `requests` counts what live backends bill: queries, pages, calls of maps. Money and `live_money` are None where
    nothing of it has a price; `unpriced` names what has none and is therefore not in the sum. `seconds` add up over
    episodes, however many ran at once; None where the ledger knows none.
    """

    of: Literal["episode", "task", "run"]
    key: str
    """Key of the trajectory, id of the task, or the run's name."""
    model: str
    n_episodes: int
    usage: Usage
    requests: dict[str, int]
    page_chars: int
    seconds: float | None
    money: float | None
    live_money: float | None
    unpriced: tuple[str, ...]
    n_redone: int
    redone: Usage
    redone_seconds: float
    redone_money: float | None
    currency: str


class Attempt(NamedTuple):
    """One try at a rollout as the ledger tells it."""

    key: str
    task: str
    done: bool
    seconds: float
    usage: Usage


def read_attempts(run: RunDir) -> list[Attempt]:
    """Every attempt that the ledger of a run tells of, in order."""
    last: dict[str, dict[str, Any]] = {}
    for facts in run.ledger(EPISODE):
        last[facts["attempt"]] = facts  # each line of an attempt counts all that it cost so far
    return [
        Attempt(f["key"], f["task"], f["done"], f["seconds"], Usage.model_validate(f["usage"])) for f in last.values()
    ]


def episode_costs(trajectories: Iterable[Trajectory], attempts: Sequence[Attempt], prices: Prices) -> list[Cost]:
    """The cost of every trajectory, in order."""
    by_key: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        by_key.setdefault(attempt.key, []).append(attempt)
    return [_episode(trajectory, by_key.get(trajectory.key, []), prices) for trajectory in trajectories]


def _episode(trajectory: Trajectory, attempts: Sequence[Attempt], prices: Prices) -> Cost:
    done = [attempt for attempt in attempts if attempt.done]
    redone = [attempt for attempt in attempts if not (done and attempt is done[-1])]
    requests, page_chars = _requests(trajectory)
    price = prices.model(trajectory.model)
    live, unpriced = _live(requests, page_chars, prices)
    lost = add_usage(attempt.usage for attempt in redone)
    return Cost(
        of="episode",
        key=trajectory.key,
        model=trajectory.model,
        n_episodes=1,
        usage=trajectory.usage,
        requests=requests,
        page_chars=page_chars,
        seconds=done[-1].seconds if done else None,
        money=price.of(trajectory.usage) if price else None,
        live_money=live,
        unpriced=(*unpriced, *(() if price else (trajectory.model,))),
        n_redone=len(redone),
        redone=lost,
        redone_seconds=round(sum(attempt.seconds for attempt in redone), 3),
        redone_money=price.of(lost) if price else None,
        currency=prices.currency,
    )


def run_cost(run: RunDir, trajectories: Iterable[Trajectory], prices: Prices | None = None) -> Cost:
    """The cost of all rollouts of a run, at our prices unless others are given."""
    prices = prices or load_prices()
    return total("run", run.path.name, episode_costs(trajectories, read_attempts(run), prices), prices.currency)


def live_paid(run: Path) -> str:
    """What the live services of a run were paid, in one line by its ledger; empty where there is none."""
    rows = read_paid(run / SPEND_FILE)
    return ", ".join(
        f"{row.service} {row.n_requests:,} ({'no price' if row.money is None else f'{row.money:,.4f}'})" for row in rows
    )


def total(of: Literal["task", "run"], key: str, costs: Sequence[Cost], currency: str) -> Cost:
    """The sum of several costs."""
    seconds = [cost.seconds for cost in costs if cost.seconds is not None]
    return Cost(
        of=of,
        key=key,
        model=", ".join(sorted({cost.model for cost in costs})),
        n_episodes=sum(cost.n_episodes for cost in costs),
        usage=add_usage(cost.usage for cost in costs),
        requests=dict(sorted(sum((Counter(cost.requests) for cost in costs), Counter()).items())),
        page_chars=sum(cost.page_chars for cost in costs),
        seconds=round(sum(seconds), 3) if seconds else None,
        money=_sum(cost.money for cost in costs),
        live_money=_sum(cost.live_money for cost in costs),
        unpriced=tuple(sorted({name for cost in costs for name in cost.unpriced})),
        n_redone=sum(cost.n_redone for cost in costs),
        redone=add_usage(cost.redone for cost in costs),
        redone_seconds=round(sum(cost.redone_seconds for cost in costs), 3),
        redone_money=_sum(cost.redone_money for cost in costs),
        currency=currency,
    )


def by_task(trajectories: Iterable[Trajectory], costs: Iterable[Cost], currency: str) -> list[Cost]:
    """The cost of each task, in the order of its first trajectory; `costs` are those of the trajectories."""
    groups: dict[str, list[Cost]] = {}
    for trajectory, cost in zip(trajectories, costs, strict=True):
        groups.setdefault(trajectory.task, []).append(cost)
    return [total("task", task, found, currency) for task, found in groups.items()]


def add_usage(usages: Iterable[Usage]) -> Usage:
    """The sum of what was used."""
    counts: Counter[str] = Counter()
    calls: Counter[str] = Counter()
    for usage in usages:
        counts.update(prompt=usage.prompt, cached=usage.cached, completion=usage.completion)
        calls.update(usage.calls_by_tool)
    return Usage(**counts, calls_by_tool=dict(sorted(calls.items())))


def _requests(trajectory: Trajectory) -> tuple[dict[str, int], int]:
    """What live backends would have billed for the calls, and the length of the pages they would have read."""
    counts: Counter[str] = Counter()
    n_chars = 0
    for step in trajectory.steps:
        for call, observation in zip(step.calls, step.observations, strict=False):
            if observation.error in NOT_SENT:
                continue
            items = _items(call)
            counts[call.name] += items
            if call.name == VISIT.name:
                n_chars += _page_chars(observation, items)
    return dict(sorted(counts.items())), n_chars


def _items(call: ToolCall) -> int:
    argument = BILLED.get(call.name)
    if argument is None:
        return 1
    try:
        return len(arguments.texts(argument, call.arguments.get(argument), _NO_LIMIT))
    except ToolError:
        return 0


def _page_chars(observation: Observation, n_pages: int) -> int:
    """A reader is paid for the whole page, of which the observation may show a part and then tells the length."""
    pages = read_pages(observation.content, n_pages)
    return sum(page.n_chars or len(page.text) for page in pages if not page.missing)


def _live(requests: Mapping[str, int], page_chars: int, prices: Prices) -> tuple[float | None, list[str]]:
    live = prices.live
    read = None if live.page_tokens is None else page_chars / live.chars_per_token * live.page_tokens / MILLION
    opened = None if live.page is None else requests.get(VISIT.name, 0) * live.page / THOUSAND
    known: dict[str, float | None] = {
        name: None if price is None else requests.get(name, 0) * price / THOUSAND
        for name, price in ((SEARCH.name, live.search), (SCHOLAR.name, live.scholar), (MAPS.name, live.maps))
    }
    known[VISIT.name] = _sum((opened, read))
    used = {name: known[name] for name in known if requests.get(name)}
    unpriced = sorted(name for name, money in used.items() if money is None)
    return (_sum(used.values()) if used else 0.0), unpriced


def _sum(amounts: Iterable[float | None]) -> float | None:
    """The sum of what is known; None where nothing is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None
