"""Which variable a role noun picks out in a query."""

from redsearcher.records.query import FactAtom, Query
from redsearcher.world.property import Lang, properties
from redsearcher.world.wording import End, role_noun


def sole_role(query: Query, name: str, atom: FactAtom, lang: Lang) -> str | None:
    """The noun that `name` bears through the atom ("director"), if nobody else in the query, named or not, bears it.

    Nouns of kinship and the like are given up as soon as the query has two such facts: "the father of the father".
    """
    property_ = properties()[atom.property]
    noun = role_noun(atom.property, end_of(atom, name), lang)
    atoms = [c for c in query.constraints if isinstance(c, FactAtom) and c.property == atom.property]
    if noun is None or (property_.subject == property_.object and len(atoms) > 1):
        return None
    at_object = atom.object == name
    alone = all((other.object if at_object else other.subject) == name for other in atoms)
    return noun if alone or property_.symmetric else None


def end_of(atom: FactAtom, name: str) -> End:
    """Where in the atom a variable stands."""
    return "object" if atom.object == name else "subject"
