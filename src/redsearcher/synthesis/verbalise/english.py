"""Plans in English words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from redsearcher.records.query import CompareAtom, LiteralAtom, Query, Role, ToolAtom
from redsearcher.synthesis.verbalise.discourse import Discourse
from redsearcher.synthesis.verbalise.plan import Mention, Predicate, Sentence
from redsearcher.synthesis.verbalise.same import Same
from redsearcher.synthesis.verbalise.tool_english import tool_sentence
from redsearcher.world.interval import Interval, wordings
from redsearcher.world.property import properties
from redsearcher.world.wording import ORDINALS, WORKS, dated_phrases, event, indefinite, plural, reduced, written_name

EXISTS = ("There is {}.", "Think of {}.", "Consider {}.")
SEEK = ("I am looking for {}.", "I am trying to identify {}.", "I want to find {}.")
_HEAVY = re.compile(r"has (had )?(as|in) ")
"""Phrases that put the other end last, for one too long to stand in the middle."""


@dataclass
class English:
    """Writes sentences in order; what it has written decides how it refers to a variable next."""

    query: Query
    names: Mapping[str, str]
    rng: Random
    discourse: Discourse = field(init=False)
    recent: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.discourse = Discourse(self.query, "en")

    def write(self, sentences: Sequence[Sentence]) -> str:
        self.discourse.expect(sentences)
        texts = []
        for sentence in sentences:
            texts.append(self._sentence(sentence))
            self.discourse.close(sentence)
        texts += self._tool_sentences()
        return " ".join([*texts, self._closing(self.query.answer.name)])

    # ---- sentences

    def _tool_sentences(self) -> list[str]:
        """What tools say, last: by then every variable has been brought in. Raises ValueError for one that has not."""
        atoms = [c for c in self.query.constraints if isinstance(c, ToolAtom)]
        known = self.discourse.introduced | {variable.name for variable in self.query.givens}
        for atom in atoms:
            if strangers := set(atom.variables) - known:
                raise ValueError(f"only tools speak of {', '.join(sorted(strangers))}, so nothing introduces it")
        return [tool_sentence(self.query, atom, self._called) for atom in atoms]

    def _called(self, name: str) -> str:
        known = self.query.variable(name).role is not Role.GIVEN
        return self._mention(Mention(name, "known" if known else "given"))

    def _sentence(self, sentence: Sentence) -> str:
        subject = self._subject(sentence.subject)
        if sentence.opening != "plain":
            return self.rng.choice(SEEK if sentence.opening == "seek" else EXISTS).format(subject)
        text = f"{subject} {_series([self._predicate(predicate) for predicate in sentence.predicates])}."
        return text[0].upper() + text[1:]

    def _closing(self, name: str) -> str:
        reference, noun = self._known(name), self.discourse.noun(name)
        role = name in self.discourse.roles
        alone = not role and self.discourse.number(name) is None
        if self.discourse.is_person(name):
            forms = ["Who is {}?", "What is the name of {}?"]
        else:
            word = "title" if self.query.variable(name).type in WORKS else "name"
            forms = ["What is the " + word + " of {}?", "What is {} called?"]
            if alone:
                forms += [f"Which {noun} is it?", f"Which {noun} is this?"]
            if role:
                forms += [f"Which {noun} is {{}}?"] * 2
        return self.rng.choice(forms).format(reference)

    # ---- mentions

    def _subject(self, mention: Mention) -> str:
        if mention.kind == "known":
            discourse = self.discourse
            if not discourse.is_person(mention.var) and discourse.is_clear(mention.var) and self.rng.random() < 0.7:
                return "it"
        return self._mention(mention, initial=True)

    def _mention(self, mention: Mention, *, initial: bool = False) -> str:
        match mention.kind:
            case "given":
                return self._given(mention.var)
            case "known":
                return self._known(mention.var)
            case "role":
                return self._role(mention, initial=initial)
            case "new":
                return self._new(mention)

    def _given(self, name: str) -> str:
        variable = self.query.variable(name)
        return written_name(self.names[variable.entity or ""], variable.type, "en")

    def _known(self, name: str) -> str:
        if role := self.discourse.roles.get(name):
            return f"the {role}"
        noun, number = self.discourse.noun(name), self.discourse.number(name)
        if number is None:
            this = self.discourse.is_alone(name) and self.rng.random() < 0.4
            return f"{'this' if this else 'the'} {noun}"
        return f"the {ORDINALS[number - 1]} {noun}"

    def _new(self, mention: Mention) -> str:
        noun, number = self.discourse.noun(mention.var), self.discourse.add(mention.var)
        who = self.discourse.is_person(mention.var)
        if number == 1:
            some = who and mention.relative and self.rng.random() < 0.35
            text = "someone" if some else indefinite(noun)
        elif number == 2:
            text = self.rng.choice((f"another {noun}", f"a second {noun}"))
        else:
            text = f"a {ORDINALS[number - 1]} {noun}"
        if not mention.relative:
            return text
        pronoun = "who" if who else "that"
        said = [self._predicate(predicate) for predicate in mention.relative]
        short = reduced(said[0]) if len(said) == 1 and text != "someone" else None
        if short is not None and self.rng.random() < 0.75:
            return f"{text} {short}"
        return f"{text} {_series([f'{pronoun} {part}' for part in said])}"

    def _role(self, mention: Mention, *, initial: bool) -> str:
        owner, role = mention.owner, mention.role
        if owner is None or role is None:
            raise ValueError("a role mention needs an owner and a role")
        property_ = properties()[role.property]
        single = property_.functional and (role.object == mention.var or property_.symmetric)
        if initial and self.discourse.is_clear(owner.var) and not self.discourse.is_person(owner.var):
            noun = self.discourse.add_role(mention)
            return f"its {noun}" if single else f"one of its {plural(noun)}"
        holder = self._mention(owner)
        noun = self.discourse.add_role(mention)
        genitive = owner.kind == "known" and not holder.endswith("s") and self.rng.random() < 0.6
        if genitive:
            return f"{holder}'s {noun}" if single else f"one of {holder}'s {plural(noun)}"
        return f"the {noun} of {holder}" if single else f"{indefinite(noun)} of {holder}"

    # ---- predicates

    def _predicate(self, predicate: Predicate) -> str:
        constraint = predicate.constraint
        if isinstance(constraint, LiteralAtom):
            return self._pick(properties()[constraint.property].en.forward).replace("{}", self._range(constraint))
        if predicate.other is None:
            raise ValueError(f"constraint {constraint.id} needs another end")
        if isinstance(constraint, Same):
            return f"{self._same(constraint)} {self._mention(predicate.other)}"
        if isinstance(constraint, CompareAtom):
            return self._compare(constraint, predicate.forward).replace("{}", self._mention(predicate.other))
        property_ = properties()[constraint.property]
        if predicate.when is not None:
            phrases = dated_phrases(property_.id, "en")[predicate.when.property]
            said = self._pick(phrases).replace("{}", self._mention(predicate.other))
            self.discourse.note(constraint)
            return f"{said} {self._range(predicate.when)}"
        phrases = property_.en.forward if predicate.forward else property_.en.backward
        if predicate.other.relative:  # a clause must end the phrase, or it would swallow what follows
            phrases = tuple(phrase for phrase in phrases if phrase.endswith("{}")) or phrases
        else:
            phrases = tuple(phrase for phrase in phrases if not _HEAVY.match(phrase)) or phrases
        said = self._pick(phrases).replace("{}", self._mention(predicate.other))
        self.discourse.note(constraint)
        return said

    def _same(self, same: Same) -> str:
        phrases = [
            properties()[atom.property].en.same.replace("{noun}", self.discourse.noun(latent))
            for latent, atom, _ in same.shared
        ]
        return f"{_series(phrases)} as"

    def _range(self, literal: LiteralAtom) -> str:
        return self._pick(wordings(literal.property, Interval(literal.low, literal.high), "en"))

    def _compare(self, constraint: CompareAtom, forward: bool) -> str:
        mine, theirs = constraint.left_property, constraint.right_property
        if mine == theirs:
            phrases = properties()[mine].en
            return self._pick(phrases.less if forward else phrases.more)
        if not forward:
            mine, theirs = theirs, mine
        return f"{event(mine)} {'before' if forward else 'after'} {{}} {event(theirs)}"

    def _pick(self, options: Sequence[str]) -> str:
        """The first, plainest option half of the time; none of those used last if there is another."""
        fresh = [option for option in options if option not in self.recent]
        if not fresh:
            latest = min(options, key=self.recent.index)
            fresh = [option for option in options if option != latest] or [latest]
        picked = fresh[0] if self.rng.random() < 0.5 else self.rng.choice(fresh)
        self.recent = [picked, *self.recent[:3]]
        return picked


def _series(parts: Sequence[str]) -> str:
    if len(parts) < 3:
        return " and ".join(parts)
    return f"{', '.join(parts[:-1])}, and {parts[-1]}"
