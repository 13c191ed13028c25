"""Where the values of masked headers and fields stand in text, whole or cut, hostile or not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple
from urllib.parse import quote, quote_plus

from ..errors import UsageError
from ..message.head import TOKEN
from ..scope import Scope
from ..visible import MASK

ALWAYS_MASKED: Final = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
# A cut text shows no more around the mark of the cut, even with each character escaped.
AROUND: Final = 1200
# A line break, also one that is escaped because the text is quoted.
_BREAK: Final = r"(?:\r?\n|\\r\\n|\\n)"
_END_OF_HEAD: Final = rf"{_BREAK}[ \t]*{_BREAK}"
# Also escaped, because the text is quoted. Few, as a body may consist of backslashes.
_QUOTE: Final = r"\\{0,7}[\"']"
# Bytes that are no text count as no letters, nor does what stands for a character that is escaped.
_WORD_BEGINS: Final = (
    r"(?:(?<![A-Za-z0-9_])(?<![A-Za-z0-9_]-)|(?<=\\[nrt])|(?<=\\x[0-9a-f]{2})|(?<=\\u[0-9a-f]{4})|(?<=%[0-9a-f]{2}))"
)
_WORD_ENDS: Final = r"(?![A-Za-z0-9_-])"
# Behind a cut the name may be missing; where the value ends then.
_BEHIND_A_CUT: Final = re.compile(r'(\.\.\.")((?:\\.|[^,&}\]<\n"\\])+)')
# To look for an end that is not there costs a look at all of the text.
_MAX_WITHOUT_END: Final = 32
_BODY_DIFFERENCE: Final = re.compile(r"(?m)\b(?:text|data): expected .*$")


def is_masked_header(name: str) -> bool:
    return name.lower() in ALWAYS_MASKED


def masked_header(name: str, value: str) -> str:
    return MASK if is_masked_header(name) else value


class MaskedName(NamedTuple):
    """A name somebody gave whose values are not to be read, until the end of a scope."""

    text: str
    header: bool
    scope: Scope


# Where the value ends, if it does, and what is shown in place of all that was found.
_End = Callable[[str, re.Match[str]], tuple[int | None, str]]


class MaskedNames:
    """Finds the values of masked names in text: messages as well as bodies, whole or cut."""

    def __init__(self, given: tuple[MaskedName, ...]) -> None:
        self.given = given
        self._headers = {name.text.lower() for name in given if name.header}
        self._fields = {name.text.lower() for name in given if not name.header}
        # In the order they are applied.
        self._rules: list[tuple[re.Pattern[str], _End]] = []
        if self._headers or self._fields:
            names = _alternatives(self._headers | self._fields)
            self._rule(": expected ", self._difference)
            self._rule(r":\n(?= +[-+@ ])", self._diff)
            self._named = re.compile(rf"{_WORD_BEGINS}(?:{names}){_WORD_ENDS}", re.IGNORECASE)
            # Each backslash can be taken in one way only: hostile text is full of them.
            inside = r"(?:(?!(?P=quote))(?:\\{1,31}[^\\]|[^\\]))"
            path = rf"[$/](?={inside}{{0,300}}?{_WORD_BEGINS}(?:{names}){_WORD_ENDS}){inside}{{0,600}}"
            self._rule(rf"(?P<quote>{_QUOTE})(?:{names}|{path})(?P=quote)\s*:\s*", _member)
        if self._headers:
            names = _alternatives(self._headers)
            self._rule(rf"(?m)(?:^|\\r\\n|\\n)[ \t]*(?:{names})[ \t]*:[ \t]*(?=\S)", _line)
        if self._fields:
            names = _alternatives(self._fields)
            self._rule(
                rf"\bname=(?P<quote>{_QUOTE})(?:{names})(?P=quote)(?:(?!{_END_OF_HEAD})[\s\S]){{0,200}}{_END_OF_HEAD}",
                _part,
            )
            self._rule(rf"<(?P<name>(?:[\w.-]+:)?(?:{names}))(?:\s[^<>]*)?(?<!/)>", _element)
            self._rule(rf"{_WORD_BEGINS}(?:{names})(?:=|\s{{0,9}}=\s{{0,9}}(?={_QUOTE}))", _parameter)

    def _rule(self, pattern: str, end: _End) -> None:
        self._rules.append((re.compile(pattern, re.IGNORECASE), end))

    def names(self, field: str) -> bool:
        """Whether the field of a difference is a masked one."""
        return bool(self.given) and self._named.search(field) is not None

    def has_header(self, name: str) -> bool:
        return name.lower() in self._headers

    def has_field(self, name: str) -> bool:
        return name.lower() in self._fields

    def hide(self, text: str) -> str:
        if self._fields and '..."' in text:
            text = _BODY_DIFFERENCE.sub(lambda found: _BEHIND_A_CUT.sub(rf"\1{MASK}", found[0]), text)
        for pattern, end in self._rules:
            pieces = []
            place = without_end = 0
            while (found := pattern.search(text, place)) is not None:
                value_end, mask = end(text, found)
                if value_end is None:
                    without_end += 1
                    value_end = _cut_end(text, found) if without_end < _MAX_WITHOUT_END else len(text)
                pieces += [text[place : found.start()], mask]
                place = max(value_end, found.end())
            text = "".join([*pieces, text[place:]]) if pieces else text
        return text

    def _difference(self, text: str, found: re.Match[str]) -> tuple[int, str]:
        """What stands behind the name of a field that differs, and what is indented below it."""
        start = text.rfind("\n", 0, found.start()) + 1
        head = text[max(start, found.start() - AROUND) : found.start()]
        # In front of it may stand the expectation, which has names of its own.
        if not self._named.search(head.rpartition(": ")[2]):
            return found.end(), found[0]
        end = _inner_end(text, start, found.end())
        expected, _, received = text[found.end() : end].partition(", received ")
        # That there is none is no secret.
        wanted, came = ("nothing" if re.match(r"nothing\b", phrase) else MASK for phrase in (expected, received))
        return end, f"{found[0]}{wanted}, received {came}"

    def _diff(self, text: str, found: re.Match[str]) -> tuple[int, str]:
        """The lines of a diff, which are indented below the name of a field."""
        start = text.rfind("\n", 0, found.start()) + 1
        field = text[start : min(found.start(), start + AROUND)].partition(": ")[0]
        # A description of a request has names of its own.
        if "{" in field or not self._named.search(field):
            return found.end(), found[0]
        end = _inner_end(text, start, found.start() + 1)
        return (end, f": {MASK}") if end > found.end() else (found.end(), found[0])


def _alternatives(names: Iterable[str]) -> str:
    """The names as they are and as they are written in JSON, in a URL, and in bytes that are taken for latin-1."""
    spellings: set[str] = set()
    for name in names:
        spellings |= {name, json.dumps(name)[1:-1], quote(name, safe=""), quote_plus(name)}
        spellings.add(name.encode("utf-8", "surrogatepass").decode("latin-1"))
    return "|".join(sorted(map(re.escape, spellings), key=len, reverse=True))


def _member(text: str, found: re.Match[str]) -> tuple[int | None, str]:
    """The member of an object in JSON, or of a dictionary, also when the object is quoted itself."""
    quoted, at = found["quote"], found.end()
    end: int | None
    if text.startswith(quoted, at):
        end = _string_end(text, at, quoted)
    elif text[at : at + 1] in ("{", "["):
        end = _balanced(text, at, quoted)
    else:
        end = _first(r"[,}\]\n]", text, at)
    return end, f"{found[0]}{quoted}{MASK}{quoted}"


def _string_end(text: str, at: int, quoted: str) -> int:
    """Where a quoted string ends; one that was cut ends with its line."""
    end = re.compile(rf"\n|(?<!\\){re.escape(quoted)}").search(text, at + len(quoted))
    if end is None:
        return len(text)
    return end.start() if end[0] == "\n" else end.end()


def _balanced(text: str, at: int, quoted: str) -> int | None:
    """Where an object or list ends."""
    depth = 0
    place = at
    token = re.compile(rf"(?<!\\){re.escape(quoted)}|[{{}}\[\]]")
    while (found := token.search(text, place)) is not None:
        place = found.end()
        if found[0] == quoted:
            place = _string_end(text, found.start(), quoted)
            continue
        depth += 1 if found[0] in "{[" else -1
        if not depth:
            return place
    return None


def _line(text: str, found: re.Match[str]) -> tuple[int, str]:
    return _first(r"\\r\\n|\\n|\r?\n", text, found.end()), f"{found[0]}{MASK}"


def _part(text: str, found: re.Match[str]) -> tuple[int | None, str]:
    """A part of a multipart body (RFC 7578)."""
    end = re.compile(rf"{_BREAK}[ \t]*--").search(text, found.end())
    return None if end is None else end.start(), f"{found[0]}{MASK}"


def _element(text: str, found: re.Match[str]) -> tuple[int | None, str]:
    end = text.find(f"</{found['name']}", found.end())
    return None if end < 0 else end, f"{found[0]}{MASK}"


def _parameter(text: str, found: re.Match[str]) -> tuple[int, str]:
    """A parameter of a query or form, or an attribute of XML."""
    quoted = re.compile(_QUOTE).match(text, found.end())
    if quoted is not None:
        return _string_end(text, found.end(), quoted[0]), f"{found[0]}{quoted[0]}{MASK}{quoted[0]}"
    return _first(r"[&\s\"'<>]", text, found.end()), f"{found[0]}{MASK}"


def _inner_end(text: str, start: int, at: int) -> int:
    """Where the lines end that are indented below the line that starts at a place."""
    line = text[start:at]
    return _first(rf"\n(?! {{{len(line) - len(line.lstrip(' ')) + 1}}})", text, at)


def _cut_end(text: str, found: re.Match[str]) -> int:
    """Where a value ends whose own end was cut."""
    return max(_block_end(text, found.start()), _block_end(text, found.end()))


def _block_end(text: str, at: int) -> int:
    """Where the lines end that are indented as the one at a place: the rest of a body that was cut in a message."""
    start = text.rfind("\n", 0, at) + 1
    indent = len(text[start:at]) - len(text[start:at].lstrip(" "))
    return _first(rf"\n(?! {{{indent}}})", text, at)


def _first(pattern: str, text: str, at: int) -> int:
    found = re.compile(pattern).search(text, at)
    return len(text) if found is None else found.start()


def header_names(names: Iterable[str]) -> list[str]:
    """Names of headers somebody gave, checked."""
    given = _some(names, "X-Api-Key")
    for name in given:
        if not TOKEN.fullmatch(name):
            raise UsageError(f"{name!r} is not the name of a header. Give each name as an argument of its own.")
    return given


def field_names(names: Iterable[str]) -> list[str]:
    """Names of fields somebody gave, checked."""
    given = _some(names, "password")
    for name in given:
        if not name.strip() or "=" in name:
            raise UsageError(f"{name!r} is not the name of a field. Give each name as an argument of its own.")
        if name.startswith(("$.", "$[")) or "/" in name:
            raise UsageError(f"{name!r} is a path, and fields are masked by their name alone, such as password.")
    return given


def _some(names: Iterable[str], example: str) -> list[str]:
    given = [*names]
    if not given:
        raise UsageError(f"At least one name is needed, such as {example}.")
    return given
