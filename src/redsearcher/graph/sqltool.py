"""Tool atoms inside SQL: a test of entity numbers, evaluated apart from what made the certificate."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from redsearcher.records.aggregate import aggregates
from redsearcher.records.query import Constant, Operand, Query, ToolAtom, ToolExpression

Numbers = Mapping[tuple[str, int], Sequence[float]]
"""(property, entity number) -> amounts."""
Amounts = Mapping[ToolExpression, int | None]
"""What aggregates come to."""


class ToolTest:
    """Whether a tool says a number in an atom's range of some entities, given by their places in `entities`.

    What the atom's aggregates come to is given after them, in the order of `aggregates`; None for nothing.
    """

    def __init__(
        self,
        atom: ToolAtom,
        entities: Sequence[str],
        numbers: Numbers,
        tools: Mapping[str, Callable[..., tuple[float, ...]]],
    ) -> None:
        self._atom, self._entities, self._numbers, self._tools = atom, entities, numbers, tools

    def __call__(self, *inputs: int | None) -> int:
        n_variables = len(self._atom.variables)
        rows = [row for row in inputs[:n_variables] if row is not None and row >= 0]
        if len(rows) < n_variables:
            return 0
        places = dict(zip(self._atom.variables, rows, strict=True))
        calls = [call for call, _ in aggregates(self._atom)]
        amounts = dict(zip(calls, inputs[n_variables:], strict=True))
        low = float("-inf") if self._atom.low is None else self._atom.low
        high = float("inf") if self._atom.high is None else self._atom.high
        return int(any(low <= number <= high for number in self._results(self._atom.call, places, amounts)))

    def _results(self, call: ToolExpression, places: Mapping[str, int], amounts: Amounts) -> Iterator[float]:
        if call in amounts:
            amount = amounts[call]
            if amount is not None:
                yield float(amount)
            return
        function = self._tools[f"{call.tool}.{call.function}"]
        inputs: list[list[str | float]] = [[]]
        for operand in call.operands:
            choices = list(self._choices(operand, places, amounts))
            inputs = [[*chosen, choice] for chosen in inputs for choice in choices]
        for chosen in inputs:
            yield from function(*chosen)

    def _choices(
        self, operand: Operand | Constant | ToolExpression, places: Mapping[str, int], amounts: Amounts
    ) -> Iterator[str | float]:
        if isinstance(operand, ToolExpression):
            yield from self._results(operand, places, amounts)
        elif isinstance(operand, Constant):
            yield operand.text
        elif operand.property is None:
            yield self._entities[places[operand.variable]]
        else:
            yield from self._numbers.get((operand.property, places[operand.variable]), ())


def count_calls(query: Query) -> int:
    """Different calls of tools in a query, nested ones included, hints about names and aggregates left out."""
    seen: list[ToolExpression] = []
    waiting = [c.call for c in query.constraints if isinstance(c, ToolAtom)]
    while waiting:
        call = waiting.pop()
        waiting += [operand for operand in call.operands if isinstance(operand, ToolExpression)]
        if call.tool not in ("name", "facts") and call not in seen:
            seen.append(call)
    return len(seen)
