"""Names of the Chinese world."""

from collections.abc import Callable
from random import Random

from redsearcher.world.fiction import words_zh as words
from redsearcher.world.fiction.names import Name, Register
from redsearcher.world.fiction.phonology import skewed

_KINDS = {"studio": "电影公司", "publisher": "出版社", "industry": "公司", "holding": "集团公司"}
_TYPES = {
    "city": "城市", "region": "省份", "country": "国家", "river": "河流", "mountain": "山峰", "university": "高等学校",
    "club": "足球俱乐部", "museum": "博物馆", "band": "乐队", "film": "电影",
}  # fmt: skip
ROLES = {
    "film director": "电影导演", "screenwriter": "编剧", "actor": "演员", "film composer": "电影作曲家",
    "novelist": "小说家", "poet": "诗人", "historian": "历史学家", "physicist": "物理学家", "biologist": "生物学家",
    "chemist": "化学家", "geologist": "地质学家", "mathematician": "数学家", "linguist": "语言学家",
    "entrepreneur": "企业家", "banker": "银行家", "engineer": "工程师", "footballer": "足球运动员",
    "football coach": "足球教练", "singer": "歌手", "guitarist": "吉他手", "drummer": "鼓手", "pianist": "钢琴家",
    "curator": "策展人", "painter": "画家", "art collector": "收藏家", "teacher": "教师", "lawyer": "律师",
    "physician": "医生", "architect": "建筑师", "journalist": "记者",
}  # fmt: skip
AWARD_FIELDS = {
    "film": "电影", "book": "文学", "science": "科学", "business": "商业", "sport": "体育", "music": "音乐",
    "museum": "文化",
}  # fmt: skip


class ChineseNames:
    """Obeys `Names`: everything in Chinese characters. A country's sound is its own share of the character pools."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._register = Register(rng)
        self._places: list[list[str]] = []
        self._surnames: list[list[str]] = []

    def _claim(self, make: Callable[[], Name]) -> Name:
        return self._register.claim(make, lambda name, n: Name(f"{name.label}（{_numeral(n)}）"))

    def country(self) -> tuple[int, Name]:
        self._places.append(self._rng.sample(words.PLACE, 34))
        self._surnames.append(self._rng.sample(words.SURNAMES, 40) + self._rng.sample(words.DOUBLE_SURNAMES, 2))

        def make() -> Name:
            stem = "".join(self._rng.sample(words.COUNTRY, self._rng.choice((2, 3, 3))))
            ending = self._rng.choice(("国", "王国", "共和国", "联邦"))
            return Name(stem + ending, (stem,) if ending != "国" and len(stem) > 2 else ())

        return len(self._places) - 1, self._claim(make)

    def _stem(self, sound: int) -> str:
        return "".join(self._rng.sample(self._places[sound], 2))

    def _place(self, sound: int, endings: list[str]) -> Name:
        return self._claim(lambda: Name(self._stem(sound) + self._rng.choice(endings)))

    def region(self, sound: int) -> Name:
        return self._place(sound, words.REGION_ENDS)

    def city(self, sound: int) -> Name:
        return self._place(sound, words.CITY_ENDS)

    def river(self, sound: int) -> Name:
        return self._place(sound, words.RIVER_ENDS)

    def mountain(self, sound: int) -> Name:
        return self._place(sound, words.MOUNTAIN_ENDS)

    def surname(self, sound: int) -> str:
        return skewed(self._surnames[sound], self._rng)

    def _given(self, sex: str) -> str:
        return "".join(self._rng.sample(words.MALE if sex == "male" else words.FEMALE, 2))

    def person(self, sound: int, sex: str, surname: str) -> tuple[str, Name]:
        def make() -> Name:
            label = surname + self._given(sex)
            chance = self._rng.random()
            if chance < 0.06:
                return Name(label, (f"{self._rng.choice(('阿', '小', '老'))}{label[-1]}{label[-2]}",))
            if chance < 0.14:
                return Name(label, (f"{self._stem(sound)}居士",))
            return Name(label)

        def widen(name: Name, n: int) -> Name:
            return Name(name.label + self._given(sex)[0])

        name = self._register.claim(make, widen)
        return name.label.removeprefix(surname), name

    def middle(self, given: str, surname: str) -> str:
        return surname + given[:-1] + self._rng.choice(words.MALE)

    def company(self, kind: str, sound: int, city: str, surname: str) -> Name:
        def make() -> Name:
            brand = self._rng.choice(words.BRANDS[kind])
            chance = self._rng.random()
            if chance < 0.2 and surname:
                return Name(f"{surname}氏{brand}")
            if chance < 0.55:
                stem = self._stem(sound)
                return Name(f"{city}{stem}{brand}", (f"{stem}{brand}",))
            return Name(f"{self._stem(sound)}{brand}")

        return self._claim(make)

    def university(self, sound: int, city: str, surname: str) -> Name:
        def make() -> Name:
            school = self._rng.choice(words.SCHOOLS)
            stem = f"{surname}氏" if surname else (city if self._rng.random() < 0.7 else self._stem(sound))
            return Name(f"{stem}{school}", (f"{stem[:2]}大",) if school == "大学" and not surname else ())

        return self._claim(make)

    def club(self, sound: int, city: str) -> Name:
        def make() -> Name:
            stem = city if self._rng.random() < 0.7 else self._stem(sound)
            return Name(f"{stem}{self._rng.choice(words.CLUBS)}")

        return self._claim(make)

    def award(self, kind: str, country: str, surname: str) -> Name:
        def make() -> Name:
            stem = (
                f"{surname}氏" if surname else self._rng.choice((country, country, self._rng.choice(words.AWARD_STEMS)))
            )
            return Name(f"{stem}{self._rng.choice(words.AWARDS[kind])}")

        return self._claim(make)

    def museum(self, sound: int, city: str, surname: str) -> Name:
        def make() -> Name:
            stem = f"{surname}氏" if surname and self._rng.random() < 0.8 else city
            return Name(f"{stem}{self._rng.choice(words.MUSEUMS)}")

        return self._claim(make)

    def band(self, sound: int, city: str) -> Name:
        def make() -> Name:
            pick = self._rng.choice
            stem = pick(
                (pick(words.ADJECTIVES) + pick(words.NOUNS), pick(words.NOUNS) + "与" + pick(words.NOUNS), city)
            )
            return Name(f"{stem}{pick(words.BAND_ENDS)}")

        return self._claim(make)

    def film(self, sound: int, city: str) -> Name:
        return self._claim(lambda: Name(self._title(sound, city)))

    def book(self, kind: str, sound: int, city: str) -> Name:
        if kind == "history":
            patterns = (
                "{c}史",
                "{c}与它的{N}",
                "{c}的{N}",
                "{N}札记",
                "{c}往事",
                "{A}{c}",
                "{c}的{n}个{N}",
                "{N}与{M}之间",
            )
            return self._claim(lambda: Name(self._fill(self._rng.choice(patterns), sound, city)))
        return self._claim(lambda: Name(self._title(sound, city)))

    def _title(self, sound: int, city: str) -> str:
        patterns = (
            "{A}{N}", "{c}的{N}", "{t}的{N}", "{N}{v}的地方", "给{g}的{N}", "{ger}{N}", "{c}的{n}个{N}", "致{g}的信",
            "没有{N}的{M}", "{g}与{A}{N}", "{N}{v}之前", "{c}无人{v}", "当{N}{v}", "{N}与{M}", "我们的{A}{N}",
            "再见，{A}{N}",
            "通往{c}的{N}", "{t}，{N}{v}", "如果{N}{v}", "{A}{N}与{M}", "{n}个{A}{N}",
        )  # fmt: skip
        return self._fill(self._rng.choice(patterns), sound, city)

    def _fill(self, pattern: str, sound: int, city: str) -> str:
        pick = self._rng.choice
        return pattern.format(
            A=pick(words.ADJECTIVES), N=pick(words.NOUNS), M=pick(words.NOUNS), t=pick(words.TIMES),
            v=pick(words.VERBS), ger=pick(words.GERUNDS), n=pick(words.NUMBERS), c=city,
            g=self._given(pick(("male", "female"))),
        )  # fmt: skip

    def topic(self) -> int:
        return self._rng.randrange(len(words.TOPICS))

    def paper(self, topic: int) -> Name:
        def make() -> Name:
            subject, pick = words.TOPICS[topic], self._rng.choice
            aspect, method, context = pick(words.ASPECTS), pick(words.METHODS), pick(words.CONTEXTS)
            patterns = (
                f"论{context}{subject}的{aspect}", f"{subject}的{aspect}：{method}", f"{context}的{subject}：{method}",
                f"{subject}如何影响{aspect}", f"{subject}的{aspect}与{pick(words.ASPECTS)}",
                f"{context}{subject}{aspect}研究",
                f"{context}测量{subject}的{aspect}", f"{method}：{context}{subject}的{aspect}",
            )  # fmt: skip
            return Name(pick(patterns))

        return self._claim(make)

    def match(self, country: str, year: int) -> Name:
        def make() -> Name:
            return Name(f"{year}年{country}{self._rng.choice(words.CONTESTS)}{self._rng.choice(words.STAGES)}")

        return self._claim(make)

    def describe(self, type_: str, kind: str, country: str, place: str, topic: int) -> str:
        if type_ == "paper":
            return f"关于{words.TOPICS[topic]}的研究论文"
        if type_ == "event":
            return f"{country}足球比赛"
        if type_ == "award":
            return f"{country}{AWARD_FIELDS[kind]}奖项"
        if type_ == "person":
            return f"{country}{ROLES[kind]}"
        if type_ == "book":
            return f"{country}{'历史著作' if kind == 'history' else '长篇小说'}"
        noun = _KINDS.get(kind, "公司") if type_ == "company" else _TYPES[type_]
        if type_ in ("city", "university", "museum", "mountain", "company", "club") and place:
            return f"{country}{place}的{noun}"
        return f"{country}{noun}" if type_ != "country" else noun


def _numeral(number: int) -> str:
    digits = "零一二三四五六七八九"
    if number < 10:
        return digits[number]
    tens, ones = divmod(number, 10)
    return ("" if tens == 1 else _numeral(tens)) + "十" + (digits[ones] if ones else "")
