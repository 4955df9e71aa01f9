"""`redsearcher cost`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from redsearcher.cli import say
from redsearcher.cli.option import RunPath

if TYPE_CHECKING:
    from redsearcher.evaluation.cost import Cost

N_TASKS_SHOWN = 10


def cost(
    run: RunPath,
    prices: Annotated[
        Path | None, typer.Option("--prices", help="TOML file of prices, over those that we know.", metavar="FILE")
    ] = None,
) -> None:
    """Add up what the rollouts of RUN cost, and what live backends would have; writes RUN/costs.jsonl.

    Seconds come from the ledger, and so does what was spent on rollouts that were cut short and played again.
    Example: redsearcher cost runs/again --prices prices.toml
    """
    from redsearcher.core import jsonl
    from redsearcher.core.rundir import RunDir
    from redsearcher.evaluation.cost import by_task, episode_costs, live_paid, read_attempts, total
    from redsearcher.evaluation.price import load_prices
    from redsearcher.records.trajectory import Trajectory

    table = load_prices(prices)
    trajectories = list(jsonl.read(run / "trajectories.jsonl", Trajectory))
    episodes = episode_costs(trajectories, read_attempts(RunDir(run)), table)
    tasks = by_task(trajectories, episodes, table.currency)
    whole = total("run", run.resolve().name, episodes, table.currency)
    jsonl.write(run / "costs.jsonl", map(jsonl.dump, [whole, *tasks, *episodes]))
    for text in lines(whole, tasks):
        say.line(text)
    if paid := live_paid(run):
        say.line(f"live services were asked and paid: {paid}")
    say.wrote(f"{run}/costs.jsonl: the run, {len(tasks)} tasks, {len(episodes)} episodes", f"redsearcher report {run}")


def lines(whole: "Cost", tasks: "Sequence[Cost]") -> list[str]:
    """The table: the run, one episode of it, what was played twice, the dearest tasks; then what they called."""
    dear = sorted(tasks, key=lambda t: (-(t.money or 0) - (t.live_money or 0), -(t.seconds or 0), t.key))
    head = f"{'':<24}{'episodes':>9}{'prompt':>13}{'cached':>13}{'completion':>12}{'calls':>8}{'seconds':>10}"
    found = [f"{head}{'money':>12}{'live tools':>12}  ({whole.currency})", _row("run", whole)]
    found += [_row(f"task {task.key[:12]}", task) for task in dear[:N_TASKS_SHOWN]]
    if len(tasks) > N_TASKS_SHOWN:
        found.append(f"... and {len(tasks) - N_TASKS_SHOWN} tasks more; costs.jsonl has them all")
    n = max(whole.n_episodes, 1)
    seconds = "no seconds in the ledger" if whole.seconds is None else f"{whole.seconds / n:,.2f} s"
    usage = whole.usage
    found.append(
        f"one episode: {(usage.prompt + usage.completion) / n:,.0f} tokens, "
        f"{sum(usage.calls_by_tool.values()) / n:,.1f} calls, {seconds}"
    )
    asked = ", ".join(f"{name} {n_requests:,}" for name, n_requests in whole.requests.items())
    found.append(f"live backends would have billed: {asked or 'nothing'}")
    if whole.n_redone:
        again = whole.redone
        found.append(
            f"played again after a stop: {whole.n_redone}, {again.prompt + again.completion:,} tokens, "
            f"{whole.redone_seconds:,.1f} s, {_money(whole.redone_money)}"
        )
    if whole.unpriced:
        found.append(f"without a price, and in no sum: {', '.join(whole.unpriced)}; name one with --prices")
    return found


def _row(name: str, cost: "Cost") -> str:
    usage, calls = cost.usage, sum(cost.usage.calls_by_tool.values())
    seconds = "–" if cost.seconds is None else f"{cost.seconds:,.1f}"
    return (
        f"{name:<24}{cost.n_episodes:>9,}{usage.prompt:>13,}{usage.cached:>13,}{usage.completion:>12,}{calls:>8,}"
        f"{seconds:>10}{_money(cost.money):>12}{_money(cost.live_money):>12}"
    )


def _money(amount: float | None) -> str:
    return "–" if amount is None else f"{amount:,.4f}"
