"""Stand-ins that are numbers, characters, dates or chosen from what is given."""

from __future__ import annotations

import re
import string
import uuid
from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any, Final

from ..dates import now, parsed
from ..scene import Make
from ..values import Date, as_number, is_number
from .making import amount, between, characters, filled, from_words, made, options, whole

_MAX_INT: Final = 2**53 - 1
_ROMAN: Final = tuple(
    zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), "M CM D CD C XC L XL X IX V IV I".split(), strict=True)
)
_MONTHS: Final = "January February March April May June July August September October November December"
_WEEKDAYS: Final = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday"
_PREFIXES: Final = {"binary": "0b", "octal": "0o", "hexadecimal": "0x"}


def _int(random: Random, args: list[Any], named: Mapping[str, Any]) -> int:
    number = whole(random, args, named, 0, _MAX_INT)
    given = options(args, named).get("multipleOf")
    step = int(given) if isinstance(given, (int, float)) else 0
    return number - number % step if step else number


def _float(random: Random, args: list[Any], named: Mapping[str, Any]) -> Any:
    given = options(args, named)
    low, high = between(random, args, named, 0, 1)
    number = random.uniform(low, high)
    step, digits = given.get("multipleOf", given.get("precision")), given.get("fractionDigits")
    if is_number(step) and step:
        number = round(number / step) * step
        digits = max(0, len(f"{step:.10f}".rstrip("0").partition(".")[2]))
    return as_number(round(number, digits if isinstance(digits, int) else 16))


def _based(base: int, write: str) -> Make:
    return lambda random, args, named: format(whole(random, args, named, 0, base - 1), write)


def _roman(random: Random, args: list[Any], named: Mapping[str, Any]) -> str:
    number = max(1, min(3999, whole(random, args, named, 1, 3999)))
    text = ""
    for value, letters in _ROMAN:
        text += letters * (number // value)
        number %= value
    return text


def _string(alphabet: str, *, prefix: str = "") -> Make:
    def make(random: Random, args: list[Any], named: Mapping[str, Any]) -> str:
        given = options(args, named)
        letters = _in_case(alphabet, given.get("casing"))
        excluded = given.get("exclude", "")
        letters = "".join(letter for letter in letters if letter not in excluded)
        length = amount(random, args, named, "length", 1)
        text = characters(random, letters, length)
        if given.get("allowLeadingZeros") is False and text.startswith("0"):
            text = f"{random.randint(1, 9)}{text[1:]}"
        return f"{given.get('prefix', prefix)}{text}"

    return make


def _in_case(alphabet: str, casing: object) -> str:
    if casing == "upper":
        return "".join(dict.fromkeys(alphabet.upper()))
    return "".join(dict.fromkeys(alphabet.lower())) if casing == "lower" else alphabet


def _from_characters(random: Random, args: list[Any], named: Mapping[str, Any]) -> str:
    alphabet = "".join(map(str, args[0])) if args and isinstance(args[0], (str, list)) else ""
    return characters(random, alphabet, amount(random, args[1:], named, "length", 1))


def identifier(random: Random) -> str:
    return str(uuid.UUID(int=random.getrandbits(128), version=4))


def _ulid(random: Random) -> str:
    return "01" + characters(random, "0123456789ABCDEFGHJKMNPQRSTVWXYZ", 24)


def _date(low: float, high: float, *, unit: str = "days", size: float = 1) -> Make:
    """A date some days from now; ``unit`` is the option that changes how many, and ``size`` the days that it counts."""

    def make(random: Random, args: list[Any], named: Mapping[str, Any]) -> Date:
        given = options(args, named)
        count = given.get(unit, args[0] if args and is_number(args[0]) else 1)
        count = count if is_number(count) else 1
        start = _as_date(given.get("refDate")) or now()
        days = random.uniform(low, high) * size * count
        try:
            return Date.of(start + timedelta(days=days))
        except OverflowError:
            return start

    return make


def _as_date(value: Any) -> Date | None:
    if isinstance(value, Date):
        return value
    return parsed(value) if isinstance(value, str) else None


def _bounds(args: list[Any], named: Mapping[str, Any]) -> tuple[Date, Date]:
    given = options(args, named)
    start, end = _as_date(given.get("from")), _as_date(given.get("to"))
    if start is None and end is None and len(args) > 1:
        start, end = _as_date(args[0]), _as_date(args[1])
    if start is None or end is None:
        raise ValueError("a date between two others needs 'from' and 'to'")
    return start, end


def _between(random: Random, args: list[Any], named: Mapping[str, Any]) -> Date:
    start, end = _bounds(args, named)
    return Date.of(start + random.random() * (end - start))


def _betweens(random: Random, args: list[Any], named: Mapping[str, Any]) -> list[Date]:
    start, end = _bounds(args, named)
    count = amount(random, args[2:], options(args, named), "count", 3)
    return sorted(Date.of(start + random.random() * (end - start)) for _ in range(count))


def _name(names: str) -> Make:
    def make(random: Random, args: list[Any], named: Mapping[str, Any]) -> str:
        name = random.choice(names.split())
        return name[:3] if options(args, named).get("abbreviated") or options(args, named).get("abbr") else name

    return make


def _entry(random: Random, args: list[Any], named: Mapping[str, Any]) -> Any:
    choices = args[0] if args and isinstance(args[0], list) and args[0] else args or [""]
    return random.choice(choices)


def _entries(random: Random, args: list[Any], named: Mapping[str, Any]) -> list[Any]:
    choices = args[0] if args and isinstance(args[0], list) else []
    count = amount(random, args[1:], named, "count", (min(1, len(choices)), len(choices)))
    return random.sample(choices, min(count, len(choices)))


def _shuffled(random: Random, args: list[Any], named: Mapping[str, Any]) -> list[Any]:
    choices = args[0] if args and isinstance(args[0], list) else []
    return random.sample(choices, len(choices))


def _of_object(part: int) -> Make:
    def make(random: Random, args: list[Any], named: Mapping[str, Any]) -> Any:
        found = [*options(args, named).items()]
        pair = random.choice(found) if found else ("", "")
        return [*pair] if part == 2 else pair[part]

    return make


def _symbols(random: Random, args: list[Any], named: Mapping[str, Any]) -> str:
    return filled(random, str(args[0]) if args else "")


def _slug(random: Random, args: list[Any], named: Mapping[str, Any]) -> str:
    return re.sub(r"[^\w.-]+", "", str(args[0]).replace(" ", "-")) if args else ""


_ALPHANUMERIC: Final = string.ascii_letters + string.digits
_YEAR: Final = 365.0
PLAIN: Final[Mapping[str, Make]] = {
    "datatype.boolean": made(lambda random: random.random() < 0.5),
    # The older name of number.int, with smaller numbers.
    "datatype.number": lambda random, args, named: whole(random, args, named, 0, 99_999),
    "date.anytime": _date(-_YEAR, _YEAR),
    "date.between": _between,
    "date.betweens": _betweens,
    "date.birthdate": _date(-80 * _YEAR, -18 * _YEAR),
    "date.future": _date(0.001, 1, unit="years", size=_YEAR),
    "date.month": _name(_MONTHS),
    "date.past": _date(-1, -0.001, unit="years", size=_YEAR),
    "date.recent": _date(-1, -0.001),
    "date.soon": _date(0.001, 1),
    "date.timeZone": from_words("Europe/Paris America/New_York Asia/Tokyo Africa/Nairobi Australia/Sydney"),
    "date.weekday": _name(_WEEKDAYS),
    "helpers.arrayElement": _entry,
    "helpers.arrayElements": _entries,
    "helpers.mustache": lambda random, args, named: str(args[0]) if args else "",
    "helpers.objectEntry": _of_object(2),
    "helpers.objectKey": _of_object(0),
    "helpers.objectValue": _of_object(1),
    "helpers.rangeToNumber": _int,
    "helpers.replaceSymbols": _symbols,
    "helpers.shuffle": _shuffled,
    "helpers.slugify": _slug,
    "number.bigInt": lambda random, args, named: whole(random, args, named, 0, 10**15),
    "number.binary": _based(2, "b"),
    "number.float": _float,
    "number.hex": _based(16, "x"),
    "number.int": _int,
    "number.octal": _based(8, "o"),
    "number.romanNumeral": _roman,
    "string.alpha": _string(string.ascii_letters),
    "string.alphanumeric": _string(_ALPHANUMERIC),
    "string.binary": _string("01", prefix=_PREFIXES["binary"]),
    "string.fromCharacters": _from_characters,
    "string.hexadecimal": _string("0123456789abcdefABCDEF", prefix=_PREFIXES["hexadecimal"]),
    "string.nanoid": lambda random, args, named: characters(
        random, f"{_ALPHANUMERIC}_-", amount(random, args, named, "length", 21)
    ),
    "string.numeric": _string(string.digits),
    "string.octal": _string("01234567", prefix=_PREFIXES["octal"]),
    "string.sample": lambda random, args, named: characters(
        random, _ALPHANUMERIC, amount(random, args, named, "length", 10)
    ),
    "string.symbol": lambda random, args, named: characters(
        random, "!#$%()*+,-./:;?@[]^_{|}~", amount(random, args, named, "length", 1)
    ),
    "string.ulid": made(_ulid),
    "string.uuid": made(identifier),
}
