"""All editors by name."""

from redsearcher.synthesis.evolve.arithmetic import Arithmetic
from redsearcher.synthesis.evolve.bearing import Bearing
from redsearcher.synthesis.evolve.bench import Editor
from redsearcher.synthesis.evolve.chain import Chain
from redsearcher.synthesis.evolve.citation import Citation
from redsearcher.synthesis.evolve.coauthor import Coauthor
from redsearcher.synthesis.evolve.course import Course
from redsearcher.synthesis.evolve.distance import Distance
from redsearcher.synthesis.evolve.hindex import HIndex
from redsearcher.synthesis.evolve.nearest import Nearest
from redsearcher.synthesis.evolve.rank import Rank
from redsearcher.synthesis.evolve.tally import Tally
from redsearcher.synthesis.evolve.travel import Travel
from redsearcher.synthesis.evolve.years import Years

TOOLS = ("maps", "scholar", "python")
EDITORS: dict[str, Editor] = {
    "distance": Distance(),
    "bearing": Bearing(),
    "travel": Travel(),
    "course": Course(),
    "nearest": Nearest(),
    "citation": Citation(),
    "h_index": HIndex(),
    "coauthor": Coauthor(),
    "arithmetic": Arithmetic(),
    "years": Years(),
    "rank": Rank(),
    "chain": Chain(),
    "tally": Tally(),
}
