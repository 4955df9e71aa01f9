"""Random tight-looking queries over the property table, with made-up names, for the question grammar's round trips."""

from random import Random

from redsearcher.records.query import CompareAtom, Constraint, FactAtom, LiteralAtom, Query, Role, Variable
from redsearcher.world.property import LITERAL_TYPES, Property, properties

_HEADS = ("Kar", "Vel", "Ost", "Mar", "Lin", "Tor", "Bel", "Quen", "Ash", "Dro", "Elm", "Fa")
_TAILS = ("sholm", "mira", "wick", "dan", "eth", "ova", "stead", "lin", "gard", "ury")
_NOUNS = ("Herons", "Silence", "Salt", "Lanterns", "Winter", "Glass", "Rivers", "Ashes", "Orchards", "Tides")
_HANS = "卡林霍姆维拉奥斯特玛尔德沃图恩贝罗加纳"
_HAN_NOUNS = ("苍鹭", "寂静", "盐", "灯笼", "冬天", "玻璃", "河流", "灰烬", "果园", "潮汐")


def random_query(random: Random, lang: str, *, generated_types_only: bool = True) -> tuple[Query, dict[str, str]]:
    """A connected query of 2-8 unknowns with 0-3 extra edges, and the names of its givens."""
    table = [p for p in properties().values() if p.sample and not p.is_literal]
    if generated_types_only:
        ids = list(properties())
        table = [p for p in table if ids.index(p.id) < ids.index("P106")]
    types: dict[str, str] = {}
    constraints: list[Constraint] = []

    def add(subject: str, property_: Property, object_: str) -> None:
        ends = {(c.property, frozenset((c.subject, c.object))) for c in constraints if isinstance(c, FactAtom)}
        if subject != object_ and (property_.id, frozenset((subject, object_))) not in ends:
            atom = FactAtom(id=f"c{len(constraints)}", subject=subject, property=property_.id, object=object_)
            constraints.append(atom)

    def grow(old: str, new: str) -> None:
        """Tie a new variable to an old one by a property that fits."""
        options = [(p, True) for p in table if types[old] in p.subject]
        options += [(p, False) for p in table if types[old] in p.object]
        property_, forward = random.choice(options)
        ends = property_.object if forward else property_.subject
        types[new] = ends[0] if generated_types_only else random.choice(ends)
        add(*((old, property_, new) if forward else (new, property_, old)))

    n_unknowns = random.randint(2, 8)
    unknowns = [f"v{i}" for i in range(n_unknowns)]
    types["v0"] = random.choice(["person", "film", "book", "company", "city", "paper", "club", "country"])
    for i in range(1, n_unknowns):
        grow(f"v{random.randrange(i)}", f"v{i}")
    for _ in range(random.randint(0, 4)):
        first, second = random.sample(unknowns, 2)
        fitting = [p for p in table if types[first] in p.subject and types[second] in p.object]
        if fitting:
            add(first, random.choice(fitting), second)
    givens = [f"g{i}" for i in range(random.randint(1, 4))]
    for given in givens:
        grow(random.choice(unknowns), given)
    _add_literals(random, unknowns, types, constraints)
    answer = random.choice(unknowns)
    variables = [Variable(name=v, role=Role.ANSWER if v == answer else Role.LATENT, type=types[v]) for v in unknowns]
    variables += [Variable(name=g, role=Role.GIVEN, type=types[g], entity=f"E{g}") for g in givens]
    names: dict[str, str] = {}
    while len(set(names.values())) < len(givens):
        names = {f"E{g}": random_name(random, types[g], lang) for g in givens}
    random.shuffle(constraints)
    return Query(variables=tuple(variables), constraints=tuple(constraints)), names


def _add_literals(random: Random, unknowns: list[str], types: dict[str, str], constraints: list[Constraint]) -> None:
    literals = [p for p in properties().values() if p.sample and p.object[0] in ("time", "quantity")]
    assert {"time", "quantity"} <= LITERAL_TYPES
    for _ in range(random.randint(0, 2)):
        owner = random.choice(unknowns)
        fitting = [p for p in literals if types[owner] in p.subject]
        if fitting:
            property_ = random.choice(fitting)
            if any(
                isinstance(c, LiteralAtom) and (c.subject, c.property) == (owner, property_.id) for c in constraints
            ):
                continue
            low, high = _random_range(random, property_)
            constraints.append(
                LiteralAtom(id=f"c{len(constraints)}", subject=owner, property=property_.id, low=low, high=high)
            )
    if random.random() < 0.25:
        left, right = random.sample(unknowns, 2)
        for property_ in literals:
            if types[left] in property_.subject and types[right] in property_.subject:
                constraints.append(
                    CompareAtom(
                        id=f"c{len(constraints)}",
                        left=left,
                        left_property=property_.id,
                        right=right,
                        right_property=property_.id,
                    )
                )
                break


def _random_range(random: Random, property_: Property) -> tuple[float | None, float | None]:
    if property_.object[0] == "time":
        first = random.randint(1800, 2015)
        last = first + random.choice((0, 1, 3, 9, 20))
        if random.random() < 0.3:
            first, last = first // 10 * 10, first // 10 * 10 + 9
        low, high = float(first), last + 0.9999
    else:
        step = random.choice((1, 10, 1000) if property_.id in ("P1082", "P8328") else (1, 10, 1000, 2.5))
        low = step * random.randint(1, 90)
        high = low + step * random.randint(1, 30)
    side = random.random()
    return (None, high) if side < 0.15 else (low, None) if side < 0.3 else (low, high)


def random_name(random: Random, type_: str, lang: str) -> str:
    """A name in the manner of the type, with the words that make names hard: of, and, the, commas, initials."""
    if lang == "zh":
        word = "".join(random.choice(_HANS) for _ in range(random.randint(2, 4)))
        if type_ in ("film", "book", "paper"):
            first, second = random.choice(_HAN_NOUNS), random.choice(_HAN_NOUNS)
            return random.choice((f"{first}与{second}", f"{word}的{first}", f"最后的{second}，{first}"))
        suffix = {"university": "大学", "company": "集团", "river": "河", "award": "奖", "club": "足球俱乐部"}.get(
            type_, ""
        )
        return f"{word}·{word[::-1]}" if type_ == "person" else word + suffix
    word = random.choice(_HEADS) + random.choice(_TAILS)
    other = random.choice(_HEADS) + random.choice(_TAILS)
    noun, second = random.choice(_NOUNS), random.choice(_NOUNS)
    options = {
        "film": (f"The Night of the {noun}", f"{noun} and {second}", f"{word}, {second}", f"Who Was {word}?"),
        "book": (f"A History of {noun}", f"The {noun} of {word}", f"{noun}, {second} and {word}"),
        "paper": (f"On {noun} in {second}: A Survey", f"{noun} and the {second}"),
        "person": (
            f"{word} {other}",
            f"{word} {noun[0]}. {other}",
            f"{noun[0]}. {second[0]}. {other}",
            f"{word} of {other}",
        ),
        "company": (f"{word} & {other}", f"{word} and {other}", f"{word} Pictures", f"{word} Trading Co."),
        "university": (f"University of {word}", f"{word} University", f"St. {word} College"),
        "award": (f"{word} Prize", f"Golden {noun} Award", f"Order of the {noun}"),
        "club": (f"{word} United", f"FC {word}", f"{word} and {other} Athletic"),
        "museum": (f"Museum of {noun}", f"{word} Museum"),
        "country": (word, f"Republic of {word}", f"{word} and {other}"),
        "city": (word, f"{word}, {other}", f"St. {word}", f"{word}-on-{other}"),
        "river": (word, f"River {word}"),
    }
    return random.choice(options.get(type_, (word, f"{word} {other}")))
