"""English verbs as "they" wants them, for the writer and the reader of questions."""

import re

AUXILIARIES = {"is ": "is ", "was ": "was ", "are ": "is ", "were ": "was "}
"""Words that a later phrase of a series leaves out where the one before has them -> the same in the singular."""
_VERB = re.compile(r"(?P<word>\w+)(?P<rest>\b.*)", re.DOTALL)
_PLURALS = {"is": "are", "was": "were", "has": "have", "does": "do"}


def plural_verb(phrase: str) -> str:
    """A verb phrase of one person as said of "they": `works as` becomes `work as`."""
    match = _VERB.match(phrase)
    if match is None:
        return phrase
    word = match["word"]
    if word in _PLURALS:
        return _PLURALS[word] + match["rest"]
    if word.endswith(("ches", "shes", "sses")):
        return word[:-2] + match["rest"]
    return (word[:-1] if word.endswith("s") else word) + match["rest"]
