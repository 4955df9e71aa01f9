"""Plans in Chinese words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from redsearcher.records.query import CompareAtom, LiteralAtom, Query, Role, ToolAtom
from redsearcher.synthesis.verbalise.discourse import Discourse
from redsearcher.synthesis.verbalise.parts import Mention, Predicate, Sentence
from redsearcher.synthesis.verbalise.same import Same
from redsearcher.synthesis.verbalise.tool_chinese import tool_sentence
from redsearcher.world.interval import Interval, wordings
from redsearcher.world.property import entity_types, properties
from redsearcher.world.wording import CHINESE_DIGITS, chinese_event, dated_phrases, written_name

EXISTS = ("有{}，", "已知{}，", "有这样{}，")
FURTHER = "还有{}，"
"""There is another one, or a third."""
JOINTS = ("，并且", "，同时", "，还")
_OWN_SUBJECT = re.compile(
    "作者|创始人|剧本|博士导师|导演|所有者|故事|母亲|主教练|演员|父亲|负责人|配乐|配偶|首席执行官|首府|乐手|从业者|代表作|"
    "党员|参赛队|支流|境内|子女|全长|人口|年营收|族裔|职业|总部|身高|海拔|坐标|国家元首|被引次数|获胜方|阵容|风格"
)
"""What begins with a subject of its own, which 还 cannot stand before."""
SEEK = ("我在寻找{}：", "我想找出{}：", "请找出{}：")


@dataclass
class Chinese:
    """Writes sentences in order; what it has written decides how it refers to a variable next."""

    query: Query
    names: Mapping[str, str]
    rng: Random
    discourse: Discourse = field(init=False)
    recent: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.discourse = Discourse(self.query, "zh")

    def write(self, sentences: Sequence[Sentence]) -> str:
        self.discourse.expect(sentences)
        asks = sentences[-1] if sentences and sentences[-1].opening == "ask" else None
        texts = []
        for sentence in sentences:
            if sentence is not asks:
                texts.append(self._sentence(sentence))
                self.discourse.close(sentence)
        texts += self._tool_sentences()
        return "".join([*texts, self._question(asks) if asks else self._closing(self.query.answer.name)])

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
        if sentence.opening != "plain":
            bare = Mention(sentence.subject.var, "new")
            opening, new = self.rng.choice(SEEK if sentence.opening == "seek" else EXISTS), self._new(bare)
            if opening in EXISTS and not new.startswith("一"):
                opening = FURTHER
            return f"{opening.format(new)}{self._series(sentence.subject.relative, apart=True)}。"
        return f"{self._subject(sentence.subject)}{self._series(sentence.predicates)}。"

    def _series(self, predicates: Sequence[Predicate], *, apart: bool = False) -> str:
        """Predicates one after the other. Only a sole one right after the subject may be led by 的."""
        if len(predicates) == 1:
            return self._predicate(predicates[0], led=not apart)
        parts = [self._predicate(predicates[0], led=False, first=not apart)]
        parts += [self._predicate(predicate, led=False) for predicate in predicates[1:]]
        joint = self.rng.choice(JOINTS) if self.rng.random() < (0.7 if len(parts) == 2 else 0.4) else "，"
        if joint != "，" and _OWN_SUBJECT.match(parts[-1]):
            joint = JOINTS[0]
        return "，".join(parts[:-1]) + joint + parts[-1]

    def _question(self, sentence: Sentence) -> str:
        """The closing question that says what is left of the answer."""
        name = sentence.subject.var
        other = self.discourse.ask(name)
        self.discourse.subject = name
        which = f"{'另有' * other}哪{self._measure(name)}{self.discourse.noun(name)}"
        if self.discourse.is_person(name) and not other:
            which = "谁"
        return f"{which}{self._series(sentence.predicates, apart=True)}？"

    def _closing(self, name: str) -> str:
        reference, noun = self._known(name), self.discourse.noun(name)
        role = name in self.discourse.roles
        if self.discourse.is_person(name):
            forms = ["{}是谁？", "请问{}是谁？", "{}叫什么名字？"]
        else:
            forms = ["{}叫什么名字？", "{}的名称是什么？"]
            measure = self._measure(name)
            if role:
                forms += [f"{{}}是哪{measure}{noun}？"] * 2
            elif self.discourse.number(name) is None:
                forms += [f"这是哪{measure}{noun}？", f"请问这是哪{measure}{noun}？"]
        return self.rng.choice(forms).format(reference)

    # ---- mentions

    def _measure(self, name: str) -> str:
        return entity_types()[self.query.variable(name).type].zh.measure

    def _subject(self, mention: Mention) -> str:
        clear = mention.kind == "known" and self.discourse.is_clear(mention.var)
        if clear and not self.discourse.is_person(mention.var) and self.rng.random() < 0.6:
            return "它"
        return self._mention(mention, initial=True)

    def _mention(self, mention: Mention, *, initial: bool = False) -> str:
        match mention.kind:
            case "given":
                variable = self.query.variable(mention.var)
                return written_name(self.names[variable.entity or ""], variable.type, "zh")
            case "known":
                return self._known(mention.var)
            case "role":
                return self._role(mention, initial=initial)
            case "new":
                return self._new(mention, initial=initial)
            case "borne":
                raise ValueError("Chinese has no clause with whose")

    def _known(self, name: str) -> str:
        if role := self.discourse.roles.get(name):
            return f"该{role}"
        noun, number, measure = self.discourse.noun(name), self.discourse.number(name), self._measure(name)
        if number is not None:
            return f"第{CHINESE_DIGITS[number - 1]}{measure}{noun}"
        if not self.discourse.is_alone(name):
            return f"那{measure}{noun}"
        near = "此人" if self.discourse.is_person(name) else f"该{noun}"
        return self.rng.choice((f"这{measure}{noun}", near))

    def _new(self, mention: Mention, *, initial: bool = False) -> str:
        noun, number = self.discourse.noun(mention.var), self.discourse.add(mention.var)
        if number > 1:
            head = "另一" if number == 2 else f"第{CHINESE_DIGITS[number - 1]}"
        else:
            head = "某" if initial and not mention.relative and self.rng.random() < 0.6 else "一"
        described = ""
        if mention.relative:
            parts = [self._predicate(predicate, led=False, inside=True) for predicate in mention.relative]
            described = "、".join(f"作为{part[1:]}" if part.startswith("是") else part for part in parts) + "的"
        return f"{head}{self._measure(mention.var)}{described}{noun}"

    def _role(self, mention: Mention, *, initial: bool) -> str:
        owner, role = mention.owner, mention.role
        if owner is None or role is None:
            raise ValueError("a role mention needs an owner and a role")
        property_ = properties()[role.property]
        single = property_.functional and (role.object == mention.var or property_.symmetric)
        if initial and single and self.discourse.is_clear(owner.var):
            return f"其{self.discourse.add_role(mention)}"
        holder = self._mention(owner)
        noun = self.discourse.add_role(mention)
        ends = property_.object if role.object == mention.var else property_.subject
        measure = self._measure(mention.var) if len(ends) == 1 else "个"
        return f"{holder}的{noun}" if single else f"{holder}的一{measure}{noun}"

    # ---- predicates

    def _predicate(self, predicate: Predicate, *, led: bool, first: bool = False, inside: bool = False) -> str:
        """The words of a predicate.

        `led`: a leading 的 stays; `first`: right after the subject, better without; `inside`: before the noun that it
        describes, better without 是.
        """
        constraint = predicate.constraint
        if isinstance(constraint, LiteralAtom):
            return self._pick(properties()[constraint.property].zh.forward).replace("{}", self._range(constraint))
        if predicate.other is None:
            raise ValueError(f"constraint {constraint.id} needs another end")
        if isinstance(constraint, Same):
            raise ValueError("what two share is said in two facts in Chinese")
        if isinstance(constraint, CompareAtom):
            return self._compare(constraint, predicate.forward).replace("{}", self._mention(predicate.other))
        property_ = properties()[constraint.property]
        if predicate.when is not None:
            phrases = dated_phrases(property_.id, "zh")[predicate.when.property]
            said = self._pick(phrases).replace("{}", self._mention(predicate.other))
            self.discourse.note(constraint)
            return self._range(predicate.when) + said
        phrases = property_.zh.forward if predicate.forward else property_.zh.backward
        if first:
            phrases = tuple(phrase for phrase in phrases if not phrase.startswith("的")) or phrases
        if inside:
            phrases = tuple(phrase for phrase in phrases if not phrase.startswith("是")) or phrases
        if predicate.other.relative:
            phrases = tuple(phrase for phrase in phrases if phrase.endswith("{}")) or phrases
        phrase = self._pick(phrases)
        said = (phrase if led else phrase.removeprefix("的")).replace("{}", self._mention(predicate.other))
        self.discourse.note(constraint)
        return said

    def _range(self, literal: LiteralAtom) -> str:
        return self._pick(wordings(literal.property, Interval(literal.low, literal.high), "zh"))

    def _compare(self, constraint: CompareAtom, forward: bool) -> str:
        mine, theirs = constraint.left_property, constraint.right_property
        if mine == theirs:
            phrases = properties()[mine].zh
            return self._pick(phrases.less if forward else phrases.more)
        if not forward:
            mine, theirs = theirs, mine
        return f"在{{}}{chinese_event(theirs)}{'之前' if forward else '之后'}{chinese_event(mine)}"

    def _pick(self, options: Sequence[str]) -> str:
        """The first, plainest option half of the time; none of those used last if there is another."""
        fresh = [option for option in options if option not in self.recent]
        if not fresh:
            latest = min(options, key=self.recent.index)
            fresh = [option for option in options if option != latest] or [latest]
        picked = fresh[0] if self.rng.random() < 0.5 else self.rng.choice(fresh)
        self.recent = [picked, *self.recent[:3]]
        return picked
