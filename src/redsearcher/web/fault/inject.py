"""Injecting faults around a web and around tools, and telling the operator of each."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NamedTuple

from redsearcher.errors import ToolError, UnavailableError
from redsearcher.records.tool import Hit, Observation, Page, ToolCall, ToolSchema
from redsearcher.records.world import Document
from redsearcher.web.backend import Backend
from redsearcher.web.fault.config import FaultConfig
from redsearcher.web.fault.draw import Draw
from redsearcher.web.fault.page import SHORT, shortened
from redsearcher.web.index import WebInfo
from redsearcher.web.moment import MOMENT, Moment
from redsearcher.web.render import render_error
from redsearcher.web.tool.base import Tool

_STATUS = {"too_many": HTTPStatus.TOO_MANY_REQUESTS, "error": HTTPStatus.INTERNAL_SERVER_ERROR}
_NOW = Moment(0, 0)


class Injected(NamedTuple):
    """One fault as the operator is told of it."""

    tool: str
    kind: str
    item: str
    moment: Moment


Told = Callable[[Injected], None]


class Faults:
    """One fault table at work. Threads share it; waiting is done by `sleep`."""

    def __init__(self, config: FaultConfig, *told: Told, sleep: Callable[[float], None] = time.sleep) -> None:
        self.config, self.draw = config, Draw(config)
        self._told, self._sleep = list(told), sleep

    def listen(self, told: Told) -> None:
        """Tell one more of each fault."""
        self._told.append(told)

    def pass_by(self, tool: str, what: str, item: str) -> None:
        """Be late, or raise UnavailableError, as this moment has it. `what` is named in the error."""
        moment = MOMENT.get() or _NOW
        late_s = self.draw.lateness_s(tool, item, moment)
        if late_s:
            self.tell(tool, "slow", item)
            self._wait(late_s)
        kind = self.draw.passing(tool, item, moment)
        if kind is None:
            return
        self.tell(tool, kind, item)
        if kind == "timeout":
            self._wait(self.config.timeout_s - min(late_s, self.config.timeout_s))
            raise UnavailableError(f"{what} did not answer within {self.config.timeout_s:g} s. Try again later.")
        status = _STATUS[kind]
        raise UnavailableError(f"{what} answered {status.value} {status.phrase}. Try again later.")

    def tell(self, tool: str, kind: str, item: str) -> None:
        """Tell the operator of a fault."""
        fault = Injected(tool, kind, item, MOMENT.get() or _NOW)
        for told in self._told:
            told(fault)

    def _wait(self, seconds: float) -> None:
        if self.config.pace:
            self._sleep(seconds * self.config.pace)


class FaultyBackend:
    """A web as it is on a bad day. Its id says by which table."""

    def __init__(self, web: Backend, faults: Faults) -> None:
        self._web, self._faults = web, faults
        self.info = faulty_info(web.info, faults.config)

    def search(self, query: str, k: int, snippet_chars: int) -> list[Hit]:
        """As the web would, with stale results. Raises UnavailableError too."""
        self._faults.pass_by("search", "the search", query)
        return [self.aged(hit) for hit in self._web.search(query, k, snippet_chars)]

    def visit(self, url: str, goal: str, max_chars: int) -> Page:
        """As the web would, unless something is wrong with the page. Raises UnavailableError too."""
        page = self._web.visit(url, goal, max_chars)
        self._faults.pass_by("visit", page.url, page.url)
        kind = self._check(page.url)
        return page if kind is None else shortened(page, kind, self._faults.draw.amount)

    def _check(self, url: str) -> str | None:
        """How the page is short, if it is. Raises ToolError where it cannot be had."""
        kind = self._faults.draw.lasting(url)
        if kind is not None:
            self._faults.tell("visit", kind, url)
        if kind == "forbidden":
            raise ToolError(f"{url} answered 403 Forbidden. Open another page.")
        if kind == "not_found":
            raise ToolError(no_page(url))
        return kind

    def aged(self, hit: Hit) -> Hit:
        """The hit, with the date of years ago if it is out of date."""
        stale = self._faults.draw.stale(hit.url)
        if stale is None or (stale == "dated" and not hit.date):
            return hit
        self._faults.tell("search", f"stale_{stale}", hit.url)
        if stale == "dead" or not hit.date:
            return hit
        years = int(self._faults.draw.amount("age", hit.url, 3, 12))
        year, rest = hit.date[:4], hit.date[4:]
        return hit.model_copy(update={"date": f"{int(year) - years:04}{rest}"}) if year.isdigit() else hit


class FaultyWeb(FaultyBackend):
    """The same around a web that a server holds open, with what more servers ask of it."""

    def __init__(self, web: Any, faults: Faults) -> None:
        super().__init__(web, faults)
        self._open = web

    def search(self, query: str, k: int, snippet_chars: int | None = None) -> list[Hit]:
        """As FaultyBackend's."""
        return super().search(query, k, snippet_chars or self.info.config.snippet_chars)

    def visit(self, url: str, goal: str, max_chars: int | None = None) -> Page:
        """As FaultyBackend's."""
        return super().visit(url, goal, max_chars or self.info.config.visit_chars)

    def ranked(self, query: str, k: int, snippet_chars: int | None = None) -> list[Any]:
        """As the web's, with stale results. Raises UnavailableError too."""
        self._faults.pass_by("search", "the search", query)
        return [found._replace(hit=self.aged(found.hit)) for found in self._open.ranked(query, k, snippet_chars)]

    def resolve(self, url: str) -> str:
        """As the web's."""
        found: str = self._open.resolve(url)
        return found

    def document(self, document_id: str) -> Document:
        """As the web's, as short as `visit` shows it."""
        found: Document = self._open.document(document_id)
        kind = self._faults.draw.lasting(found.url)
        if kind not in SHORT:
            return found
        text = SHORT[kind](found.text, found.url, self._faults.draw.amount)
        return found.model_copy(update={"text": text, "links": ()})


class FaultyTool:
    """A further tool on a bad day."""

    def __init__(self, tool: Tool, faults: Faults) -> None:
        self._tool, self._faults = tool, faults

    @property
    def schema(self) -> ToolSchema:
        return self._tool.schema

    def run(self, call: ToolCall) -> Observation:
        """What the tool says, late at times; `error` is unavailable where it fails."""
        name = self._tool.schema.name
        try:
            self._faults.pass_by(name, name, call.signature)
        except UnavailableError as error:
            return Observation(call_id=call.id, content=render_error(str(error)), error="unavailable")
        return self._tool.run(call)

    def close(self) -> None:
        """Close the tool."""
        self._tool.close()


def faulty_info(info: WebInfo, config: FaultConfig) -> WebInfo:
    """The web's, with an id of its own: what is seen through faults is another web."""
    return info.model_copy(update={"id": f"{info.id}-faults-{config.identity}"})


def no_page(url: str) -> str:
    """What a web says of a URL that no page has."""
    return f"no page at {url[:300]!r}. Open a URL exactly as a search result or a link on a page gives it."
