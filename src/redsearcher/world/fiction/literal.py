"""Literal values of a draft: dates of several precisions, quantities, coordinates."""

from random import Random

from redsearcher.records.world import Value


def date(rng: Random, year: int, *, day: float = 0.7, month: float = 0.1) -> Value:
    """A date in `year`; its precision is day or month with the given chances, else year."""
    chance = rng.random()
    if chance < day:
        return Value(
            datatype="time", text=f"{year:04d}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}", precision="day"
        )
    if chance < day + month:
        return Value(datatype="time", text=f"{year:04d}-{rng.randint(1, 12):02d}", precision="month")
    return Value(datatype="time", text=f"{year:04d}", precision="year")


def again(rng: Random, value: Value) -> Value:
    """A value like the given one: a time keeps its year and precision, a quantity moves by up to 2 %."""
    if value.datatype == "time":
        year = int(value.text.split("-")[0])
        share = {"day": (1.0, 0.0), "month": (0.0, 1.0)}.get(value.precision, (0.0, 0.0))
        return date(rng, year, day=share[0], month=share[1])
    if value.datatype == "quantity":
        return quantity(round(float(value.text) * rng.uniform(0.98, 1.02)), value.unit)
    return value


def quantity(amount: float, unit: str = "") -> Value:
    return Value(datatype="quantity", text=f"{amount:g}" if amount < 100_000 else str(round(amount)), unit=unit)


def coordinate(latitude: float, longitude: float) -> Value:
    return Value(datatype="coordinate", text=f"{latitude:.4f},{longitude:.4f}")


def string(text: str) -> Value:
    return Value(datatype="string", text=text)


UNITS = {
    "en": {"revenue": "million crowns", "height": "cm", "length": "km", "elevation": "m"},
    "zh": {"revenue": "百万克朗", "height": "厘米", "length": "公里", "elevation": "米"},
}
