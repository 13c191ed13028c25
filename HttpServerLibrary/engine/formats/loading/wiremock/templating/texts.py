"""Helpers for text and numbers."""

from __future__ import annotations

import base64
import random
import re
import string
import uuid
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation
from socket import gethostname
from typing import Any, Final
from urllib.parse import quote_plus, unquote_plus

from .....errors import UsageError
from ...handlebars import Helper
from ..java_regexp import java_regexp
from .calls import Args, HelperFailed, argument, assign, block_or_first, error, first, text, truthy, whole_number
from .values import OneOrMany, text_of

_MAX_LENGTH: Final = 1_000_000
_TAG: Final = re.compile(r"<[^>]*>", re.DOTALL)
_FORMAT: Final = re.compile(r"%(?:(\d+)\$)?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])")
_SYMBOLS: Final = "".join(map(chr, range(33, 127)))
_ALPHABETS: Final = {
    "ALPHANUMERIC": string.ascii_letters + string.digits,
    "ALPHABETIC": string.ascii_letters,
    "NUMERIC": string.digits,
    "ALPHANUMERIC_AND_SYMBOLS": _SYMBOLS,
    "HEXADECIMAL": "ABCDEF0123456789",
}


def _of_text(change: Callable[[str], str]) -> Helper:
    """A helper that changes a text; nothing stays nothing."""

    def helper(args: Args, options: Any) -> Any:
        value = first(args, options)
        return "" if value is None else change(text_of(value))

    return helper


def _capitalize(args: Args, options: Any) -> str:
    value = first(args, options)
    given = "" if value is None else text_of(value)
    given = given.lower() if options.hash.get("fully") is True else given
    return re.sub(r"\S+", lambda word: word[0][:1].upper() + word[0][1:], given)


def _padded(pad: Callable[[str, int, str], str]) -> Helper:
    def helper(args: Args, options: Any) -> str:
        size = whole_number(options.hash.get("size"), 0)
        if size > _MAX_LENGTH:
            raise HelperFailed(f"the size {size} is too large")
        return pad(text(first(args, options)), size, text_of(options.hash.get("pad", " "))[:1] or " ")

    return helper


def _center(value: str, size: int, pad: str) -> str:
    room = max(0, size - len(value))
    return f"{pad * (room // 2)}{value}{pad * (room - room // 2)}"


def _join(args: Args, options: Any) -> str:
    items = [*args]
    separator = text_of(items.pop()) if items else ""
    if items and isinstance(items[0], (list, tuple)):
        items = [*items[0]]
    elif items and hasattr(items[0], "keys"):
        # A path, of which each part counts.
        items = [*items[0].values()]
    prefix, suffix = (text_of(options.hash.get(name, "")) for name in ("prefix", "suffix"))
    return prefix + separator.join(map(text_of, items)) + suffix


def _replace(args: Args, options: Any) -> str:
    return text(argument(args, 0)).replace(text(argument(args, 1)), text(argument(args, 2)))


def _substring(args: Args, options: Any) -> str:
    value = text(argument(args, 0))
    start, end = whole_number(argument(args, 1), 0), whole_number(argument(args, 2), len(value))
    if not 0 <= start <= end <= len(value):
        raise HelperFailed(f"begin {start}, end {end}, length {len(value)}")
    return value[start:end]


def _cut(args: Args, options: Any) -> str:
    return text(argument(args, 0)).replace(text_of(argument(args, 1, " ")), "")


def _default_if_empty(args: Args, options: Any) -> Any:
    value = argument(args, 0)
    return value if truthy(value) else argument(args, 1, "")


def _abbreviate(args: Args, options: Any) -> str:
    value, width = text(argument(args, 0)), whole_number(argument(args, 1), 0)
    if width < 4:
        raise HelperFailed("the smallest width is 4")
    return value if len(value) <= width else f"{value[: width - 3]}..."


def _word_wrap(args: Args, options: Any) -> str:
    lines: list[str] = []
    width = whole_number(argument(args, 1), 80)
    for word in text(argument(args, 0)).split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(lines)


def _slugify(value: str) -> str:
    return re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", value).strip()).lower()


def _yes_no(args: Args, options: Any) -> Any:
    value = argument(args, 0)
    if value is not None and not isinstance(value, bool):
        raise HelperFailed(f"true or false is needed, not {text_of(value)!r}")
    name, default = ("maybe", "maybe") if value is None else ("yes", "yes") if value else ("no", "no")
    return options.hash.get(name, default)


def _string_format(args: Args, options: Any) -> str:
    values = [*args[1:]]
    used = iter(values)

    def written(found: re.Match[str]) -> str:
        _, flags, width, precision, letter = found.groups()
        if letter in "%n":
            return "%" if letter == "%" else "\n"
        value = values[int(found[1]) - 1] if found[1] else next(used)
        size = int(width or 0)
        if size > _MAX_LENGTH or int(precision or 0) > 100:
            raise HelperFailed("the format is too wide")
        kind = letter.lower()
        try:
            if kind in "dxo":
                comma = "," if "," in flags else ""
                sign = "+" if "+" in flags else ""
                filled = "0" if "0" in flags else ""
                shown = f"{whole_number(value, 0):{sign}{filled}{size if filled else ''}{comma}{kind}}"
            elif kind in "fe":
                filled = f"0{size}" if "0" in flags else ""
                shown = f"{float(text(value)):{filled}{',' if ',' in flags else ''}.{precision or 6}{kind}}"
            elif kind in "scb":
                shown = text_of(value)[: int(precision) if precision else None]
            else:
                raise HelperFailed(f"the format %{letter} is not known")
        except ValueError:
            raise HelperFailed(f"%{letter} does not fit {text_of(value)!r}") from None
        shown = shown.upper() if letter.isupper() else shown
        return shown.ljust(size) if "-" in flags else shown.rjust(size)

    try:
        return _FORMAT.sub(written, text(argument(args, 0)))
    except (StopIteration, IndexError):
        raise HelperFailed("the format needs more values") from None


def _decimal(value: Any) -> Decimal:
    if value is None:
        raise HelperFailed("a number is missing")
    try:
        return Decimal(text_of(value).strip())
    except InvalidOperation:
        return Decimal(0)


def _math(args: Args, options: Any) -> Any:
    if len(args) != 3:
        return error("All maths functions require two operands and an operator as parameters e.g. 3 '+' 2")
    left, sign, right = _decimal(args[0]), text_of(args[1]), _decimal(args[2])
    try:
        if sign in ("+", "-", "*", "x", "%"):
            result = {
                "+": lambda: left + right,
                "-": lambda: left - right,
                "*": lambda: left * right,
                "x": lambda: left * right,
                "%": lambda: left % right,
            }[sign]()
        elif sign == "/":
            # As precise as the left side.
            result = (left / right).quantize(Decimal(1).scaleb(min(0, _exponent(left))), ROUND_HALF_UP)
        else:
            return error(f"{sign} is not a valid mathematical operator")
    except (InvalidOperation, ZeroDivisionError, ArithmeticError):
        raise HelperFailed(f"{text_of(args[0])} {sign} {text_of(args[2])} cannot be computed") from None
    return int(result) if _exponent(result) >= 0 else float(result)


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _number_format(args: Args, options: Any) -> str:
    value, pattern = argument(args, 0), text_of(argument(args, 1, "number"))
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ""
    number = Decimal(str(value))
    if pattern == "percent":
        return f"{(number * 100).quantize(Decimal(1), ROUND_HALF_EVEN):,}%"
    if pattern == "integer":
        return f"{number.quantize(Decimal(1), ROUND_HALF_EVEN):,}"
    if pattern == "currency":
        return f"\u00a4{number.quantize(Decimal('0.01'), ROUND_HALF_EVEN):,}"
    if pattern == "number":
        return _with_decimals(number, 0, 3, grouped=True)
    found = re.fullmatch(r"([^#0,.]*)([#,0]*)(?:\.(0*)(#*))?([^#0,.]*)", pattern)
    if found is None:
        raise HelperFailed(f"the number format {pattern!r} is not known")
    whole, least, more = found[2], len(found[3] or ""), len(found[4] or "")
    number *= 100 if "%" in pattern else 1
    shown = _with_decimals(number, least, least + more, grouped="," in whole)
    before, dot, after = shown.partition(".")
    return f"{found[1]}{before.rjust(whole.count('0'), '0')}{dot}{after}{found[5]}"


def _with_decimals(number: Decimal, least: int, most: int, *, grouped: bool) -> str:
    rounded = number.quantize(Decimal(1).scaleb(-most), ROUND_HALF_EVEN)
    whole, _, rest = f"{rounded:{',' if grouped else ''}f}".partition(".")
    rest = rest.rstrip("0").ljust(least, "0")
    return f"{whole}.{rest}" if rest else whole


def _base64(args: Args, options: Any) -> str:
    value = block_or_first(args, options)
    if options.hash.get("decode") is True:
        try:
            return base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode("utf-8", "replace")
        except ValueError:
            raise HelperFailed(f"{value!r} is not base64") from None
    encoded = base64.b64encode(value.encode("utf-8", "replace")).decode()
    return encoded if options.hash.get("padding") in (None, True) else encoded.rstrip("=")


def _url_encode(args: Args, options: Any) -> str:
    value = block_or_first(args, options)
    encoding = text_of(options.hash.get("encoding", "utf-8"))
    try:
        if options.hash.get("decode") is True:
            return unquote_plus(value, encoding)
        # Java leaves the asterisk, and encodes the tilde.
        return quote_plus(value, safe="*", encoding=encoding, errors="replace").replace("~", "%7E")
    except LookupError:
        raise HelperFailed(f"the encoding {encoding!r} is not known") from None


def _size(args: Args, options: Any) -> Any:
    value = first(args, options)
    if value is None:
        raise HelperFailed("a value is missing")
    return len(value) if hasattr(value, "__len__") else None


def _regex_extract(args: Args, options: Any) -> Any:
    pattern = text(argument(args, 1))
    value = text(args[0])
    try:
        regexp = java_regexp(pattern)
    except UsageError:
        return error(f"Invalid regex string {pattern}")
    found = regexp.all_in(value)
    if found and len(args) == 2:
        return found[0][0]
    groups = [group for match in found for group in match.groups()]
    if not groups:
        default = options.hash.get("default")
        return error(f"Nothing matched {pattern}") if default is None else default
    assign(options, text(args[2]), OneOrMany(groups))
    return None


def _random_value(args: Args, options: Any) -> str:
    kind = text_of(options.hash.get("type", "ALPHANUMERIC"))
    length = whole_number(options.hash.get("length"), 36)
    if not 0 <= length <= _MAX_LENGTH:
        raise HelperFailed(f"the length {length} cannot be used")
    if kind == "UUID":
        value = str(uuid.uuid4())
    else:
        value = "".join(random.choices(_ALPHABETS.get(kind, _SYMBOLS + " "), k=length))
    return value.upper() if options.hash.get("uppercase") is True else value.lower()


def _random_int(args: Args, options: Any) -> int:
    lower = whole_number(options.hash.get("lower"), -(2**31))
    upper = whole_number(options.hash.get("upper"), 2**31 - 1)
    if lower >= upper:
        raise HelperFailed("upper must be greater than lower")
    return random.randrange(lower, upper)


def _random_decimal(args: Args, options: Any) -> float:
    lower, upper = (
        float(_decimal(options.hash.get(name, default))) for name, default in (("lower", 5e-324), ("upper", 1.7e308))
    )
    return random.uniform(lower, upper)


def _pick_random(args: Args, options: Any) -> Any:
    if not args or args[0] is None:
        return error("Must specify either a single list argument or a set of single value arguments.")
    values = [*args[0]] if isinstance(args[0], list) else [*args]
    if not values:
        raise HelperFailed("there is nothing to pick from")
    count = whole_number(options.hash.get("count"), 0)
    return random.sample(values, min(count, len(values))) if count > 0 else random.choice(values)


HELPERS: dict[str, Helper] = {
    "capitalize": _capitalize,
    "capitalizeFirst": _of_text(lambda value: value[:1].upper() + value[1:]),
    "lower": _of_text(str.lower),
    "upper": _of_text(str.upper),
    "slugify": _of_text(_slugify),
    "stripTags": _of_text(lambda value: _TAG.sub("", value)),
    "center": _padded(_center),
    "ljust": _padded(lambda value, size, pad: value.ljust(size, pad)),
    "rjust": _padded(lambda value, size, pad: value.rjust(size, pad)),
    "join": _join,
    "replace": _replace,
    "substring": _substring,
    "cut": _cut,
    "defaultIfEmpty": _default_if_empty,
    "abbreviate": _abbreviate,
    "wordWrap": _word_wrap,
    "yesno": _yes_no,
    "stringFormat": _string_format,
    "numberFormat": _number_format,
    "math": _math,
    "trim": lambda args, options: block_or_first(args, options).strip(),
    "base64": _base64,
    "urlEncode": _url_encode,
    "size": _size,
    "regexExtract": _regex_extract,
    "randomValue": _random_value,
    "randomInt": _random_int,
    "randomDecimal": _random_decimal,
    "pickRandom": _pick_random,
    "hostname": lambda args, options: gethostname(),
}
