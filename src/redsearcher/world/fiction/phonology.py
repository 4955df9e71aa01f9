"""Invented sound systems: pronounceable names, those of one country sharing their sounds."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random


@dataclass(frozen=True, slots=True)
class Culture:
    """Inventories of a family of languages; blanks separate items, `-` is the empty one."""

    onsets: str
    nuclei: str
    codas: str
    male: str
    female: str
    surnames: str
    places: str
    countries: str


CULTURES = (
    Culture(
        "b br d dr f fr g gr h hv k kl kr l m n r s sk st str sv t th v vr",
        "a e i o u y ei au ö",
        "l ld lm n nd ng r rd rk rn s sk st t v",
        "ar en ulf mar rik var orn ald",
        "a ild run a is ny wen eva",
        "sen dahl vik mark berg strand gaard nes by",
        "holm vik stad fjell havn borg lund sund",
        "mark land heim ria",
    ),
    Culture(
        "b c d f g l m n p r s t v z br cr pr tr gl",
        "a e i o ia ie uo au",
        "l n r s - - -",
        "o io ero ano ino elo ando",
        "a ia ella ina etta ara issa",
        "etti aldi one ari esco ucci anti ero",
        "ano essa ova iglia ara etto ona",
        "ia ania era ona",
    ),
    Culture(
        "b br d dr g gr k kr m ml n p pr r s sl st t tr v vl z zd zh",
        "a e i o u ya e o",
        "k l m n r s sk t v - -",
        "mir slav an ko imir il ek",
        "a ana ka ina islava enka",
        "ovic enko sky ov ak iuk ev ik",
        "grad ov sk itsa opol ava nik",
        "ia ovia ava istan",
    ),
    Culture(
        "b d f gh h j k kh l m n q r s sh t w y z",
        "a i u aa e ai",
        "b d f h l m n r s sh z - -",
        "im ar id an ud eem ir",
        "a ah iya een ina oor",
        "ani awi ari oush zadeh adi oun",
        "abad ar iyya an ush ra estan",
        "istan ar iyya an",
    ),
    Culture(
        "b ch d f h j k m n ng nd mb p r s sh t w y z",
        "a e i o u a o",
        "- - - - - n",
        "o u ari asa endo ile",
        "a i ande isha una ele",
        "wa mba ngo ndi lele ra kutu sani",
        "ra nda oma uru ambe we",
        "ia we nda ola",
    ),
    Culture(
        "h k m n p t r w l s kh",
        "a e i o u ai ao ou",
        "- - - n k -",
        "ano iki oru eko ato uma",
        "e ani iko ela umi ora",
        "moto hara kawa naka tea loa mura nui",
        "wai tua saki lani mara fuka oro",
        "tu nesia ru aka",
    ),
    Culture(
        "b bl br c cl cr d f fl g gl gw h l ll m n p pr r rh s t tr w",
        "a e i o u y ae oe wy",
        "n nn r rn s th ch ll dd l -",
        "an wyn ric eth or ach as",
        "wen a edd iol is eira ana",
        "ach ydd well more ley ford wick worth",
        "mouth ford ley ton combe wick bury dale",
        "ia mor land wen",
    ),
    Culture(
        "b ch d h j k l m n p q r s t tl x y z",
        "a e i o u ua ia",
        "c l n tl x z - - -",
        "atl oc ualli in ax ec",
        "itl ana el ia axi una",
        "otzin atec uilla aqui anco epec oyan",
        "tlan huaca pec cala yocan tepec ala",
        "anco ayo uay ela",
    ),
)


class Sound:
    """One country's share of a culture's sounds, with its pools of given names and surnames."""

    def __init__(self, culture: Culture, rng: Random) -> None:
        self._rng = rng
        self._onsets = self._part(culture.onsets, 0.6)
        self._nuclei = self._part(culture.nuclei, 0.75)
        self._codas = self._part(culture.codas, 0.7)
        self._places = self._part(culture.places, 0.7)
        self._countries = culture.countries.split()
        self._surname_ends = self._part(culture.surnames, 0.6)
        self._given_ends = {"male": self._part(culture.male, 0.8), "female": self._part(culture.female, 0.8)}
        self._given = {sex: self._pool(partial(self.new_given, sex), 36) for sex in ("male", "female")}
        self._surnames = self._pool(self.new_surname, 70)

    def _part(self, items: str, share: float) -> list[str]:
        every = [item.replace("-", "") for item in items.split()]
        n_kept = max(3, round(len(every) * share))
        return self._rng.sample(every, n_kept)

    def _pool(self, make: Callable[[], str], size: int) -> list[str]:
        return list(dict.fromkeys(make() for _ in range(size)))

    def word(self, n_syllables: int, *, closed: bool = True) -> str:
        """Syllables without an ending, in lower case."""
        pick = self._rng.choice
        parts = []
        for index in range(n_syllables):
            final = index == n_syllables - 1
            coda = pick(self._codas) if (final and closed) or self._rng.random() < 0.25 else ""
            if not final and len(coda) > 1:
                coda = coda[:1]
            onset, nucleus = pick(self._onsets), pick(self._nuclei)
            parts.append(onset.removesuffix(nucleus[0]) + nucleus + coda)
        return "".join(parts)

    def _join(self, stem: str, ending: str) -> str:
        if stem[-1] in "aeiouyö" and ending[0] in "aeiouyö":
            stem = stem.rstrip("aeiouyö") or stem
        if stem[-1] == ending[0]:
            ending = ending[1:]
        return (stem + ending).capitalize()

    def new_given(self, sex: str) -> str:
        stem = self.word(1 if self._rng.random() < 0.6 else 2)
        return self._join(stem, self._rng.choice(self._given_ends[sex]))

    def new_surname(self) -> str:
        stem = self.word(1 if self._rng.random() < 0.5 else 2)
        return self._join(stem, self._rng.choice(self._surname_ends))

    def given(self, sex: str) -> str:
        """A given name, early ones of the pool more often."""
        if self._rng.random() < 0.12:
            return self.new_given(sex)
        return skewed(self._given[sex], self._rng)

    def surname(self) -> str:
        if self._rng.random() < 0.3:
            return self.new_surname()
        return skewed(self._surnames, self._rng)

    def place(self) -> str:
        stem = self.word(1 if self._rng.random() < 0.6 else 2)
        return self._join(stem, self._rng.choice(self._places))

    def country(self) -> str:
        return self._join(self.word(2 if self._rng.random() < 0.6 else 1), self._rng.choice(self._countries))

    def plain(self, n_syllables: int) -> str:
        """A bare capitalised word, for rivers, mountains and brands."""
        return self.word(n_syllables, closed=self._rng.random() < 0.6).capitalize()


def skewed(pool: list[str], rng: Random) -> str:
    """An item, the early ones more often (density falls as 1/sqrt)."""
    return pool[int(len(pool) * rng.random() ** 2)]
