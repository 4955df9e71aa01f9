"""The tools of rollouts, opened by whoever plays them, over a web that lies in a folder, behind a URL or in a file."""

import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from redsearcher.agent.crew import OpenTools
from redsearcher.agent.tools import Tools
from redsearcher.cli.need import need
from redsearcher.core.config import Config
from redsearcher.errors import InputError
from redsearcher.records.tool import BASIC_TOOLS, SCHEMAS
from redsearcher.web.backend import Backend
from redsearcher.web.client.budget import Budget
from redsearcher.web.client.cassette import Cassette
from redsearcher.web.client.config import LineConfig, ServerConfig, key_in
from redsearcher.web.client.http import ServedWeb, greet
from redsearcher.web.client.line import Line
from redsearcher.web.client.live.config import LiveConfig
from redsearcher.web.client.live.ledger import FILE as SPEND_FILE
from redsearcher.web.client.live.open import open_live
from redsearcher.web.client.live.web import live_info
from redsearcher.web.client.mcp import mcp_tools
from redsearcher.web.client.recorded import RecordingTools, ReplayedTools
from redsearcher.web.client.remote import RemoteTool
from redsearcher.web.config import ShownConfig
from redsearcher.web.engine import Web
from redsearcher.web.fault.config import FaultConfig
from redsearcher.web.fault.inject import Faults, FaultyBackend, FaultyTool, faulty_info
from redsearcher.web.fault.log import FaultLog
from redsearcher.web.index import WebInfo
from redsearcher.web.tool.base import Tool
from redsearcher.web.tool.kit import NEED_A_WORLD, make_tools
from redsearcher.web.toolbox import Toolbox
from redsearcher.world.store import World
from redsearcher.world.tooling import ToolKnowledge

MCP, REPLAY = "mcp+", "replay:"
FIRST_TRIES = 3
"""Further tries when a server is first asked: one that is down is more likely not there than busy."""
Opener = Callable[[Sequence[str]], OpenTools]


class WebSource(NamedTuple):
    """A web and how its tools are opened: each opener takes the names of tools beyond search and visit."""

    info: WebInfo
    anywhere: Opener
    """What it gives pickles."""
    here: Opener
    """What it gives may use what this process holds open."""


def find_web(
    name: str, world: World | None = None, requests: Path | None = None, shown: ShownConfig | None = None
) -> WebSource:
    """The web of a name: a folder, the URL of a server (`mcp+URL` to use its MCP), `replay:FILE`, or a TOML file that
    says where a live web is.

    maps and scholar answer from `world` where it is given, else from the server; `requests` is the file that counts
    requests where a budget is set. `shown` says how much a call shows, where not the web's own config does; who answers
    by MCP or from a record has said that already. Raises InputError for what is none of these, OutageError where no
    server answers.
    """
    at = world.path.resolve() if world is not None else None
    if shown is not None and name.startswith((MCP, REPLAY)):
        raise InputError(
            f"{name} shows as much as whoever answers says; leave out episode.shown, or name a folder or URL"
        )
    if name.startswith(REPLAY):
        file = Path(name.removeprefix(REPLAY)).resolve()
        with Cassette(file) as cassette:
            return _same(cassette.info, _replayed, file, at)
    config: Config
    if name.removeprefix(MCP).startswith(("http://", "https://")):
        config = ServerConfig(url=name)
    elif name.endswith(".toml"):
        config = _load(Path(name))
    else:
        return _folder(Path(name), world, shown)
    if isinstance(config, LiveConfig):
        if any(one.reader == "direct" for one in config.visit):
            need("opening pages directly", "live", "trafilatura", "lxml_html_clean", "charset_normalizer")
        return _same(live_info(config), _live, config, at, requests, shown)
    assert isinstance(config, ServerConfig)
    over_mcp = config.url.startswith(MCP)
    config = config.model_copy(update={"url": config.url.removeprefix(MCP)})
    if over_mcp:
        need("reaching a web by MCP", "server", "mcp")
    quick = config.line.model_copy(update={"max_retries": min(config.line.max_retries, FIRST_TRIES)})
    with _line(config.model_copy(update={"line": quick}), None) as line:
        info, _ = greet(config, line)
    return (
        _same(info, _over_mcp, config, at) if over_mcp else _same(info, _served, config, info.id, at, requests, shown)
    )


def recording(web: WebSource, file: Path) -> WebSource:
    """The same web, with what it answers written down. Raises InputError if the file is another web's."""
    Cassette.create(file, web.info)
    at = file.resolve()

    def anywhere(names: Sequence[str]) -> OpenTools:
        return partial(_recorded, web.anywhere(names), at)

    def here(names: Sequence[str]) -> OpenTools:
        return partial(_recorded, web.here(names), at)

    return WebSource(web.info, anywhere, here)


def faulty(web: WebSource, table: FaultConfig, file: Path) -> WebSource:
    """The same web with faults injected on the way to it, of which `file` keeps a record."""
    info, at = faulty_info(web.info, table), file.resolve()

    def anywhere(names: Sequence[str]) -> OpenTools:
        return partial(_faulty, web.anywhere(names), table, at)

    def here(names: Sequence[str]) -> OpenTools:
        return partial(_faulty, web.here(names), table, at)

    return WebSource(info, anywhere, here)


def _load(path: Path) -> Config:
    if not path.is_file() or "url" in tomllib.loads(path.read_text(encoding="utf-8")):
        return ServerConfig.load(path)
    return LiveConfig.load(path)


def _folder(path: Path, world: World | None, shown: ShownConfig | None) -> WebSource:
    opened = Web.open(path)

    def anywhere(names: Sequence[str]) -> OpenTools:
        return partial(tools_at, path.resolve(), tuple(names), world.path.resolve() if world else None, shown)

    def here(names: Sequence[str]) -> OpenTools:
        return partial(tools_over, opened, tuple(names), world.knowledge if world else None, shown)

    return WebSource(opened.info, anywhere, here)


def _same(info: WebInfo, opener: Callable[..., object], *given: object) -> WebSource:
    """A source that is opened alike wherever it is."""

    def anywhere(names: Sequence[str]) -> OpenTools:
        opens: OpenTools = partial(opener, *given, tuple(names))  # type: ignore[assignment]
        return opens

    return WebSource(info, anywhere, anywhere)


@contextmanager
def tools_over(
    web: Backend,
    names: Sequence[str],
    knowledge: ToolKnowledge | None,
    shown: ShownConfig | None = None,
    *,
    side_by_side: bool = False,
) -> Iterator[Tools]:
    """Search and visit over an open web, and the named tools beyond."""
    more = make_tools(names, knowledge)
    try:
        yield Toolbox(web, shown, more, side_by_side=side_by_side)
    finally:
        for tool in more:
            tool.close()


@contextmanager
def tools_at(web: Path, names: Sequence[str], world: Path | None, shown: ShownConfig | None = None) -> Iterator[Tools]:
    """The same over folders, which are opened here."""
    with tools_over(Web.open(web), names, _knowledge(world, names), shown) as tools:
        yield tools


@contextmanager
def _served(
    config: ServerConfig,
    web: str,
    world: Path | None,
    requests: Path | None,
    shown: ShownConfig | None,
    names: Sequence[str],
) -> Iterator[Tools]:
    knowledge = _knowledge(world, names)
    with _line(config, requests) as line:
        info, offered = greet(config, line)
        if info.id != web:
            raise InputError(f"{config.root} serves web {info.id} now, and not {web}; name another --out")
        lent = [name for name in names if name in NEED_A_WORLD and knowledge is None]
        if missing := [name for name in lent if name not in offered]:
            raise InputError(f"the tool {missing[0]} answers from a world; name it with --world, here or at the server")
        own = make_tools([name for name in names if name not in lent], knowledge)
        tools = {tool.schema.name: tool for tool in (*own, *(RemoteTool(SCHEMAS[n], config, line) for n in lent))}
        more: list[Tool] = [tools[name] for name in SCHEMAS if name in tools]
        try:
            yield Toolbox(ServedWeb(config, line, info), shown, more, side_by_side=True)
        finally:
            for tool in more:
                tool.close()


@contextmanager
def _live(
    config: LiveConfig, world: Path | None, requests: Path | None, shown: ShownConfig | None, names: Sequence[str]
) -> Iterator[Tools]:
    knowledge = _knowledge(world, names)
    spend = requests.with_name(SPEND_FILE) if requests is not None else None
    with _budget(config.line, requests) as budget, open_live(config, budget, spend) as live:
        asked = {name: tool for name, tool in live.tools.items() if name in names and knowledge is None}
        if missing := [n for n in names if n in NEED_A_WORLD and n not in asked and knowledge is None]:
            raise InputError(f"the tool {missing[0]} answers from a world or a live service; name it with --world")
        own = make_tools([name for name in names if name not in asked], knowledge)
        tools = {tool.schema.name: tool for tool in own} | asked
        try:
            yield Toolbox(live.web, shown, [tools[name] for name in SCHEMAS if name in tools], side_by_side=True)
        finally:
            for tool in own:
                tool.close()


@contextmanager
def _over_mcp(config: ServerConfig, world: Path | None, names: Sequence[str]) -> Iterator[Tools]:
    _knowledge(world, names)
    with mcp_tools(config, (*BASIC_TOOLS, *names)) as tools:
        yield tools


@contextmanager
def _replayed(file: Path, world: Path | None, names: Sequence[str]) -> Iterator[Tools]:
    _knowledge(world, names)
    with Cassette(file) as cassette:
        yield ReplayedTools(cassette, (*BASIC_TOOLS, *names))


@contextmanager
def _recorded(opens: OpenTools, file: Path) -> Iterator[Tools]:
    with Cassette(file) as cassette, opens() as tools:
        yield RecordingTools(tools, cassette)


@contextmanager
def _faulty(opens: OpenTools, table: FaultConfig, file: Path) -> Iterator[Tools]:
    with opens() as tools, FaultLog(file) as log:
        if not isinstance(tools, Toolbox):
            raise InputError(
                "over MCP and from a recording faults cannot be injected here; give them to `redsearcher web serve "
                "--faults FILE`, or to the run that is recorded"
            )
        faults = Faults(table, log)
        yield tools.through(lambda web: FaultyBackend(web, faults), lambda tool: FaultyTool(tool, faults))


def _knowledge(world: Path | None, names: Sequence[str]) -> ToolKnowledge | None:
    """What the named tools know. A world that is opened also tells the words of its properties."""
    opened = World(world) if world is not None else None
    return None if opened is None or NEED_A_WORLD.keys().isdisjoint(names) else opened.knowledge


@contextmanager
def _line(config: ServerConfig, requests: Path | None) -> Iterator[Line]:
    with _budget(config.line, requests) as budget:
        with Line(config.root, config.line, key_in(config.key_env), budget, ours=True) as line:
            yield line


@contextmanager
def _budget(config: LineConfig, requests: Path | None) -> Iterator[Budget | None]:
    if requests is None or config.max_requests is None:
        yield None
        return
    budget = Budget(requests, config.max_requests)
    try:
        yield budget
    finally:
        budget.close()
