"""All fuzzing editors by name."""

from redsearcher.synthesis.evolve.bench import Editor
from redsearcher.synthesis.fuzz.describe import Describe
from redsearcher.synthesis.fuzz.hint import Hint
from redsearcher.synthesis.fuzz.number import Number
from redsearcher.synthesis.fuzz.period import Period

EDITORS: dict[str, Editor] = {"describe": Describe(), "number": Number(), "period": Period(), "hint": Hint()}
