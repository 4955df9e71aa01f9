"""Calling the tools as a solver would: what they say of the intended solution, and whether that settles it."""

import math
import re
from collections.abc import Callable, Mapping
from functools import cached_property

from redsearcher.errors import DataError
from redsearcher.records.query import Constant, Operand, Query, ToolAtom, ToolExpression
from redsearcher.records.task import ToolOutput
from redsearcher.records.tool import MAPS, PYTHON, SCHOLAR, ToolCall
from redsearcher.synthesis.surgery import bound
from redsearcher.web.tool.base import Tool
from redsearcher.web.tool.maps import MapsTool
from redsearcher.web.tool.python import PythonTool
from redsearcher.web.tool.scholar import ScholarTool
from redsearcher.world.places import MODES
from redsearcher.world.property import entity_types
from redsearcher.world.store import World

_NUMBER = r"([\d,]+(?:\.\d+)?)"
_MAPS = {"distance": rf"^Distance: {_NUMBER} km", "bearing": rf"^Bearing: {_NUMBER}°"}
_SCHOLAR = {
    "citations": rf"· {_NUMBER} citations?\b",
    "papers": rf"· {_NUMBER} papers?\b",
    "h_index": rf"· h-index {_NUMBER}\b",
}
_CODE: dict[str, Callable[[list[str]], str]] = {
    "sum": lambda terms: f"print({' + '.join(terms)})",
    "difference": lambda terms: f"print({terms[0]} - {terms[1]})",
    "ratio": lambda terms: f"print({terms[0]} / {terms[1]})",
    "mean": lambda terms: f"print(({' + '.join(terms)}) / {len(terms)})",
    "rank": lambda terms: f"print(1 + sum(x > {terms[0]} for x in [{', '.join(terms[1:])}]))",
    "years": lambda terms: f"print({terms[0]} - {terms[1]})",
}


class Reproducer:
    """Calls the tools of one world. What they show is rounded, and that is what has to lie in the range."""

    def __init__(self, world: World) -> None:
        self._world = world

    @cached_property
    def _maps(self) -> MapsTool:
        return MapsTool(self._world.knowledge)

    @cached_property
    def _tools(self) -> Mapping[str, Tool]:
        scholar, python = ScholarTool(self._world.knowledge), PythonTool()
        return {MAPS.name: self._maps, SCHOLAR.name: scholar, PYTHON.name: python}

    def outputs(self, query: Query) -> list[ToolOutput]:
        """One output per call, in the order of the constraints, nested calls first.

        Raises DataError where a call fails, says nothing, or says a number out of the constraint's range.
        """
        found: list[ToolOutput] = []
        for constraint in query.constraints:
            if isinstance(constraint, ToolAtom) and constraint.call.tool != "name":
                mine: list[ToolOutput] = []
                value = self._value(constraint, constraint.call, bound(query), mine)
                if not constraint.admits(value):
                    raise DataError(f"the tools say {value:g} for {constraint.id}, which is not in its range")
                found += mine
        return found

    def close(self) -> None:
        """End the workers of the python tool."""
        python = self.__dict__.get("_tools", {}).get(PYTHON.name)
        if isinstance(python, PythonTool):
            python.close()

    def _value(self, atom: ToolAtom, call: ToolExpression, values: Mapping[str, str], found: list[ToolOutput]) -> float:
        """The number a call comes to; its outputs are added to `found`."""
        entities = [values[o.variable] for o in call.operands if isinstance(o, Operand)]
        if call.tool == "maps":
            texts = [o.text for o in call.operands if isinstance(o, Constant)]
            arguments, pattern = self._maps_arguments(call, entities, texts)
        elif call.tool == "scholar":
            arguments = {"query": [self._label(entity) for entity in entities[-1:]]}
            pattern = _SCHOLAR.get(call.function, rf"[:,] {re.escape(self._label(entities[0]))} \({_NUMBER}\)")
        else:
            terms = [self._term(atom, call, operand, values, found) for operand in call.operands]
            arguments, pattern = {"code": _CODE[call.function](terms)}, r"^(-?[\d.]+(?:e[-+]?\d+)?)$"
        observation = self._tools[call.tool].run(ToolCall(id=atom.id, name=call.tool, arguments=arguments))
        matches = list(re.finditer(pattern, observation.content, re.MULTILINE))
        blocks = observation.content.count("\n## ") + observation.content.startswith("## ")
        if observation.error is not None or not matches or blocks > 1:
            raise DataError(f"{call.tool} does not settle {atom.id}: {observation.content.splitlines()[0]}")
        value = _read(call.function, matches[0])
        output = ToolOutput(
            constraint=atom.id, name=call.tool, arguments=arguments, result=observation.content, value=value
        )
        found.append(output)
        return value

    def _maps_arguments(
        self, call: ToolExpression, entities: list[str], texts: list[str]
    ) -> tuple[dict[str, object], str]:
        start, end = entities
        if call.function == "nearness":
            kind = entity_types()[self._world.types[end]].en.noun
            row = rf"^(\d+)\. {re.escape(self._maps.full_name(end))}: "
            return {"query": self._label(start), "nearest": kind}, row
        arguments: dict[str, object] = {"query": self._label(start), "to": self._label(end)}
        if call.function == "travel":
            arguments["mode"] = texts[0]
            assert texts[0] in MODES
            return arguments, rf"^Travel time by {texts[0]}: (?:([\d,]+) h )?(\d+) min"
        return arguments, _MAPS[call.function]

    def _term(
        self,
        atom: ToolAtom,
        call: ToolExpression,
        operand: Operand | Constant | ToolExpression,
        values: Mapping[str, str],
        found: list[ToolOutput],
    ) -> str:
        """An input of a computation as code: a number from a page, or what the tool inside said."""
        if isinstance(operand, ToolExpression):
            return _code(self._value(atom, operand, values, found))
        if isinstance(operand, Constant) or operand.property is None:
            raise DataError(f"{atom.id} computes with something that is no number")
        for fact_id in atom.facts:
            fact = self._world.facts[fact_id]
            if (fact.subject, fact.property) == (values[operand.variable], operand.property) and fact.value is not None:
                number = fact.value.number
                return _code(math.floor(number) if call.function == "years" else number)
        raise DataError(f"{atom.id} names no fact for {operand.property} of {operand.variable}")

    def _label(self, entity: str) -> str:
        return self._world.entities[entity].label


def _read(function: str, match: re.Match[str]) -> float:
    numbers = [float(group.replace(",", "")) if group else 0.0 for group in match.groups()]
    return 60 * numbers[0] + numbers[1] if function == "travel" else numbers[0]


def _code(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)
