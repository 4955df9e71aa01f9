"""Plans in English words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from redsearcher.agent.solver.parse.agreement import plural_verb
from redsearcher.agent.solver.parse.lexicon import joining
from redsearcher.records.query import CompareAtom, FactAtom, LiteralAtom, Query, Role, ToolAtom
from redsearcher.synthesis.verbalise.discourse import Discourse
from redsearcher.synthesis.verbalise.parts import Mention, Predicate, Sentence
from redsearcher.synthesis.verbalise.same import ABSTRACT, Same
from redsearcher.synthesis.verbalise.series import gapped, listed, shortened
from redsearcher.synthesis.verbalise.tool_english import tool_sentence
from redsearcher.world.interval import Interval, wordings
from redsearcher.world.property import properties
from redsearcher.world.wording import ORDINALS, WORKS, dated_phrases, event, indefinite, plural, reduced, written_name

EXISTS = ("There is {}.", "Think of {}.", "Consider {}.", "Take {}.")
SEEK = ("I am looking for {}.", "I am trying to identify {}.", "I want to find {}.", "Help me find {}.")
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
        """The whole question. Raises ValueError for a variable that is spoken of before anything brings it in."""
        self.discourse.expect(sentences)
        asks = sentences[-1] if sentences and sentences[-1].opening == "ask" else None
        texts = []
        for sentence in sentences:
            if sentence is not asks:
                texts.append(self._sentence(sentence))
                self.discourse.close(sentence)
        texts += self._tool_sentences()
        return " ".join([*texts, self._question(asks) if asks else self._closing(self.query.answer.name)])

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
            return self._pick(self._shuffled(SEEK if sentence.opening == "seek" else EXISTS)).format(subject)
        parts = self._phrases(sentence.predicates)
        if subject == "they":
            parts = [plural_verb(part) for part in parts]
        text = f"{subject} {listed(gapped(parts))}."
        return text[0].upper() + text[1:]

    def _question(self, sentence: Sentence) -> str:
        """The closing question that says what is left of the answer."""
        name = sentence.subject.var
        other = self.discourse.ask(name)
        who = self.discourse.is_person(name) and not other
        self.discourse.subject = name
        said = listed(gapped(self._phrases(sentence.predicates)))
        which = "Who" if who else f"Which {'other ' * other}{self.discourse.noun(name)}"
        return f"{which} {said}?"

    def _closing(self, name: str) -> str:
        reference, noun = self._known(name), self.discourse.noun(name)
        role = name in self.discourse.roles
        alone = not role and self.discourse.number(name) is None
        if self.discourse.is_person(name):
            forms = ["Who is {}?", "What is the name of {}?", "Who is {}?", "Can you name {}?"]
        else:
            word = "title" if self.query.variable(name).type in WORKS else "name"
            forms = ["What is the " + word + " of {}?", "What is {} called?", "Can you name {}?"]
            if alone:
                forms += [f"Which {noun} is it?", f"Which {noun} is this?", f"Which {noun} is meant?"]
            if role:
                forms += [f"Which {noun} is {{}}?"] * 2
        return self.rng.choice(forms).format(reference)

    # ---- mentions

    def _subject(self, mention: Mention) -> str:
        if mention.kind == "known" and self.discourse.is_clear(mention.var) and self.rng.random() < 0.7:
            return "they" if self.discourse.is_person(mention.var) else "it"
        return self._mention(mention, initial=True)

    def _mention(self, mention: Mention, *, initial: bool = False, last: bool = False) -> str:
        match mention.kind:
            case "given":
                return self._given(mention.var)
            case "known":
                return self._known(mention.var, initial=initial, last=last)
            case "role":
                return self._role(mention, initial=initial)
            case "new":
                return self._new(mention)
            case "borne":
                raise ValueError("a clause with whose is no mention of its own")

    def _given(self, name: str) -> str:
        variable = self.query.variable(name)
        return written_name(self.names[variable.entity or ""], variable.type, "en")

    def _known(self, name: str, *, initial: bool = False, last: bool = False) -> str:
        if role := self.discourse.roles.get(name):
            return f"the {role}"
        noun, number = self.discourse.noun(name), self.discourse.number(name)
        if number is None:
            near = self.discourse.is_alone(name) and self.rng.random() < 0.5
            if near and not initial and name in self.discourse.here and name != self.discourse.subject:
                return f"the same {noun}"
            self.discourse.here.add(name)
            return f"{'this' if near and initial else 'the'} {noun}"
        fresh = (initial or last) and name != self.discourse.subject and self.rng.random() < 0.6
        if fresh and (described := self._described(name)):
            return described
        return f"the {ORDINALS[number - 1]} {noun}"

    def _described(self, name: str) -> str | None:
        """A known thing by what was said of it alone: "the film set in Karsholm". None if that is long or unsaid."""
        options = []
        for mark in self.discourse.marks(name):
            property_ = properties()[mark.property]
            if isinstance(mark, LiteralAtom):
                said = wordings(mark.property, Interval(mark.low, mark.high), "en")[0]
                phrases = property_.en.forward
            else:
                forward = mark.subject == name
                said = self._given(mark.object if forward else mark.subject)
                phrases = property_.en.forward if forward else property_.en.backward
            options += [phrase.replace("{}", said) for phrase in phrases if phrase.endswith("{}")][:1]
        fitting = sorted(
            (text for text in options if len(text.split()) <= 9), key=lambda text: (len(text.split()), text)
        )
        if not fitting:
            return None
        pronoun = "who" if self.discourse.is_person(name) else "that"
        return f"the {self.discourse.noun(name)} {reduced(fitting[0]) or f'{pronoun} {fitting[0]}'}"

    def _new(self, mention: Mention) -> str:
        noun, number = self.discourse.noun(mention.var), self.discourse.add(mention.var)
        who = self.discourse.is_person(mention.var)
        if number == 1:
            some = who and mention.relative and self.rng.random() < 0.35
            text = "someone" if some else indefinite(noun)
        elif number == 2:
            text = self.rng.choice((f"another {noun}", f"another {noun}", f"a second {noun}"))
        else:
            text = f"a {ORDINALS[number - 1]} {noun}"
        return f"{text} {self._clauses(mention.relative, 'who' if who else 'that', text)}" if mention.relative else text

    def _clauses(self, relative: Sequence[Predicate], pronoun: str, noun: str) -> str:
        """Relative clauses as they follow a noun phrase, shortened where they can be."""
        last = relative[-1]
        if last.other is not None and last.other.kind == "borne":
            parts = self._phrases(relative[:-1])
            return listed([*(f"{pronoun} {part}" for part in parts), self._whose(last, last.other)])
        parts = self._phrases(relative)
        short = shortened(parts) if noun != "someone" else None
        if short is not None and self.rng.random() < 0.8:
            return listed(short)
        shared = len(parts) > len(relative)  # then what comes before "as" must not be led in by itself
        if len(parts) > 1 and (self.rng.random() < 0.85 or shared):
            return f"{pronoun} {listed(gapped(parts))}"
        return listed([f"{pronoun} {part}" for part in parts])

    def _whose(self, predicate: Predicate, bearer: Mention) -> str:
        if not isinstance(predicate.constraint, FactAtom):
            raise ValueError("a clause with whose needs a fact")
        noun = self.discourse.add_role(Mention(bearer.var, "role", predicate.constraint))
        return f"whose {noun} {listed(self._phrases(bearer.relative))}"

    def _role(self, mention: Mention, *, initial: bool) -> str:
        owner, role = mention.owner, mention.role
        if owner is None or role is None:
            raise ValueError("a role mention needs an owner and a role")
        property_ = properties()[role.property]
        single = property_.functional and (role.object == mention.var or property_.symmetric)
        if initial and owner.kind == "known" and self.discourse.is_clear(owner.var) and self.rng.random() < 0.8:
            noun, its = self.discourse.add_role(mention), "their" if self.discourse.is_person(owner.var) else "its"
            return f"{its} {noun}" if single else f"one of {its} {plural(noun)}"
        holder = self._mention(owner)
        noun = self.discourse.add_role(mention)
        genitive = owner.kind == "known" and not holder.endswith("s") and self.rng.random() < 0.6
        if genitive:
            return f"{holder}'s {noun}" if single else f"one of {holder}'s {plural(noun)}"
        return f"the {noun} of {holder}" if single else f"{indefinite(noun)} of {holder}"

    # ---- predicates

    def _phrases(self, predicates: Sequence[Predicate]) -> list[str]:
        """The words of each predicate; what is shared in several ways, as several, where it comes last."""
        found: list[str] = []
        for place, predicate in enumerate(predicates, 1):
            last, constraint = place == len(predicates), predicate.constraint
            if predicate.also is not None:
                found += self._pair(predicate, predicate.also)
            elif isinstance(constraint, Same) and last and place > 1 and predicate.other is not None:
                shared = self._shared(constraint)
                found += [*shared[:-1], f"{shared[-1]} as {self._mention(predicate.other, last=True)}"]
            else:
                found.append(self._predicate(predicate, last=last))
        return found

    def _pair(self, first: Predicate, second: Predicate) -> list[str]:
        """Two facts of one kind: "stars both Ann Lee and Bo Pike", or each apart where a name has an "and" in it."""
        if first.other is None or second.other is None:
            raise ValueError("two facts in one need their other ends")
        if second.other.kind == "known" and first.other.kind == "known" and self._rank(first) > self._rank(second):
            first, second = replace(second, also=None), first
        ends = [end for end in (first.other, second.other) if end is not None]
        if any(end.kind == "given" and " and " in self._given(end.var) for end in ends):
            return [self._predicate(replace(first, also=None)), self._predicate(replace(second, also=None))]
        names = [self._mention(end) for end in ends]
        text = self._fact(second, f"both {names[0]} and {names[1]}")
        self._note(first)
        return [text]

    def _rank(self, predicate: Predicate) -> int:
        name = predicate.other.var if predicate.other is not None else ""
        return 0 if name in self.discourse.roles else self.discourse.number(name) or 0

    def _predicate(self, predicate: Predicate, *, last: bool = False) -> str:
        constraint = predicate.constraint
        if isinstance(constraint, LiteralAtom):
            self.discourse.stated.append(constraint)
            return self._pick(properties()[constraint.property].en.forward).replace("{}", self._range(constraint))
        if predicate.other is None:
            raise ValueError(f"constraint {constraint.id} needs another end")
        if isinstance(constraint, Same):
            return f"{self._same(constraint)} {self._mention(predicate.other, last=last)}"
        if isinstance(constraint, CompareAtom):
            return self._compare(constraint, predicate.forward).replace("{}", self._mention(predicate.other))
        if predicate.when is not None:
            phrases = dated_phrases(constraint.property, "en")[predicate.when.property]
            said = self._pick(phrases).replace("{}", self._mention(predicate.other))
            self._note(predicate)
            self.discourse.stated.append(predicate.when)
            return f"{said} {self._range(predicate.when)}"
        ends = last and predicate.other.kind == "known"
        return self._fact(predicate, self._mention(predicate.other, last=True) if ends else None)

    def _fact(self, predicate: Predicate, said: str | None) -> str:
        """A fact in words. `said`: the other end, where it is in words already."""
        constraint, other = predicate.constraint, predicate.other
        if not isinstance(constraint, FactAtom) or other is None:
            raise ValueError("a fact needs another end")
        property_ = properties()[constraint.property]
        phrases = property_.en.forward if predicate.forward else property_.en.backward
        abstract = other.kind != "given" and self.query.variable(other.var).type in ABSTRACT
        if abstract and predicate.forward and (phrase := joining(constraint.property)):
            phrases = (phrase,)
            if other.kind == "known" and self.discourse.number(other.var) is None:
                said = f"the same {self.discourse.noun(other.var)}"
        described = said is not None and re.match(r"the (?!same |\w+ \w+$)\w+ \w+ \w+", said) is not None
        if other.relative or described:  # a clause must end the phrase, or it would swallow what follows
            phrases = tuple(phrase for phrase in phrases if phrase.endswith("{}")) or phrases
        else:
            phrases = tuple(phrase for phrase in phrases if not _HEAVY.match(phrase)) or phrases
        text = self._pick(phrases).replace("{}", self._mention(other) if said is None else said)
        self._note(predicate)
        return text

    def _note(self, predicate: Predicate) -> None:
        if isinstance(predicate.constraint, FactAtom):
            self.discourse.note(predicate.constraint)

    def _same(self, same: Same) -> str:
        return f"{listed(self._shared(same))} as"

    def _shared(self, same: Same) -> list[str]:
        """A phrase for each thing that two share, which it brings in."""
        phrases = []
        for latent, atom, _ in same.shared:
            phrases.append(properties()[atom.property].en.same.replace("{noun}", self.discourse.noun(latent)))
            self.discourse.add(latent)
        return phrases

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

    def _shuffled(self, options: Sequence[str]) -> list[str]:
        return self.rng.sample(list(options), len(options))

    def _pick(self, options: Sequence[str]) -> str:
        """The first, plainest option half of the time; none of those used last if there is another."""
        fresh = [option for option in options if option not in self.recent]
        if not fresh:
            latest = min(options, key=self.recent.index)
            fresh = [option for option in options if option != latest] or [latest]
        picked = fresh[0] if self.rng.random() < 0.5 else self.rng.choice(fresh)
        self.recent = [picked, *self.recent[:3]]
        return picked
