"""Which parts of a graph have a decomposition of some width, inferred from the bags offered so far."""

from collections import defaultdict
from heapq import heappop, heappush

from redsearcher.graph.bitgraph import Adjacency, Flood
from redsearcher.graph.bitset import bits


class _Hope:
    """A block that a bag would make good once `n_owed` more blocks are known to be good."""

    __slots__ = ("bag", "block", "border", "n_owed")

    def __init__(self, n_owed: int, bag: int, block: int, border: int) -> None:
        self.n_owed, self.bag, self.block, self.border = n_owed, bag, block, border


class Blocks:
    """Good blocks of a connected graph on vertices 0..n-1, for one width.

    A block is a connected set C with its border N(C), at most `width` vertices; it is good if C and N(C) have a
    decomposition of that width with a bag that holds N(C). A bag B of `width + 1` or fewer vertices makes C good if
    it holds N(C) and all components of C - B are good (Bouchitté and Todinca 2001). Only light blocks are kept: those
    that outweigh no more than half of what their border leaves. That is enough, since any decomposition can be rooted
    where all blocks hang lightly; ties go to the side without the lowest vertex.

    `root` becomes a bag whose components are all good: then the graph has the width.
    """

    def __init__(self, adjacency: Adjacency, width: int) -> None:
        self.adjacency = adjacency
        self.width = width
        self._flood = Flood(adjacency)
        self.everything = (1 << len(adjacency)) - 1
        self.root: int | None = None
        self._bags: dict[int, int] = {}
        self._queue: list[tuple[int, int, int]] = []
        self._hopes: dict[int, list[_Hope]] = defaultdict(list)
        self._seen: set[int] = set()

    def offer(self, bag: int, pivot: int = 0, inside: int = 0) -> None:
        """Infer what a bag allows. `inside` holds components known to be good, all of which touch the vertex `pivot`.

        Nothing is inferred when the one heavy component touches the pivot: another pivot of the bag will do.
        """
        if bag in self._seen or self.root is not None:
            return
        parts = self._flood.parts_and_borders(self.everything & ~inside & ~bag)
        unknown = [pair for pair in parts if pair[0] not in self._bags]
        if not unknown:
            self.root = bag
            return
        heavy = [pair for pair in unknown if not self._is_light(*pair)]
        if heavy and heavy[0][1] & pivot:
            return
        self._seen.add(bag)
        if heavy:
            self._infer(bag, parts, heavy[0], inside)
            border = heavy[0][1]
            if not any(not border & ~edge and edge != border for _, edge in parts):
                return
        else:
            border = 0
            self._hope(bag, unknown, 0, 0)
        # rarely, light components can be the ones above: those that leave a block without the heavy one
        parts = self._flood.parts_and_borders(self.everything & ~bag)
        for above in parts:
            if not border & ~above[1] and above not in heavy:
                self._infer(bag, parts, above, 0)

    def _infer(self, bag: int, parts: list[tuple[int, int]], above: tuple[int, int], inside: int) -> None:
        """The block that is left when the component `above` of the bag and its border are taken away."""
        top, border = above
        if border.bit_count() > self.width:
            return
        block, owed = inside | bag & ~border, []
        for part, edge in parts:
            if part != top and edge & ~border:
                block |= part
                if part not in self._bags:
                    owed.append((part, edge))
        if block in self._bags or not self._is_light(block, border):
            return
        if owed:
            self._hope(bag, owed, block, border)
        else:
            self._learn(block, border, bag)

    def next_good(self) -> tuple[int, int] | None:
        """A good block with its border, each once, large ones first; None when all were told or a root is found."""
        if self.root is not None or not self._queue:
            return None
        _, block, border = heappop(self._queue)
        for hope in self._hopes.pop(block, ()):
            hope.n_owed -= 1
            if hope.n_owed:
                continue
            if not hope.block:
                self.root = hope.bag
                return None
            self._learn(hope.block, hope.border, hope.bag)
        return block, border

    def order(self) -> list[int]:
        """An elimination order that meets no degree above the width. Only once a root is found."""
        assert self.root is not None
        order: list[int] = []
        pending = [(self.everything, self.root)]
        while pending:
            among, bag = pending.pop()
            order += bits(bag & among)
            pending += [(part, self._bags[part]) for part, _ in self._flood.parts_and_borders(among & ~bag)]
        return order[::-1]

    def _learn(self, block: int, border: int, bag: int) -> None:
        if block not in self._bags:
            self._bags[block] = bag
            heappush(self._queue, (-block.bit_count(), block, border))

    def _hope(self, bag: int, owed: list[tuple[int, int]], block: int, border: int) -> None:
        if all(edge.bit_count() <= self.width and self._is_light(part, edge) for part, edge in owed):
            hope = _Hope(len(owed), bag, block, border)
            for part, _ in owed:
                self._hopes[part].append(hope)

    def _is_light(self, block: int, border: int) -> bool:
        outside = self.everything & ~block & ~border
        inner, outer = block.bit_count(), outside.bit_count()
        if inner != outer:
            return inner < outer
        both = block | outside
        return not both & -both & block
