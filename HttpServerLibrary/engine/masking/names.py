"""Finds the values of masked headers and fields in text from outside, even if it is cut or hostile.

A test masks a name: ``X-Api-Key``, ``password``. Where a request is parsed (headers, query parameters, members of
JSON), its values are masked by name, without a search. The rest is free text: a body that is not JSON, the beginning of
a malformed request, the message of an exception in a handler. A list of rules finds the name in every form in which
HTTP writes a name and a value:

    "password": "..."           member     JSON, Python's dictionaries, also quoted once more
    X-Api-Key: ...              line       header fields
    name="password" CRLF CRLF   part       multipart bodies
    <password>...</password>    element    XML
    password=...                parameter  queries, forms, attributes of XML

A rule is a pattern up to the start of the value, and a function that finds its end. Both must run in linear time,
because the text may come from an attacker: patterns have no nested repetition, and a value that never ends is masked up
to the end of the text, so that its end is searched for once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple
from urllib.parse import quote, quote_plus

from ..errors import UsageError
from ..message.head import TOKEN
from ..phrase import Span, holds_credentials
from ..scope import Scope
from ..visible import MASK

# A line break, including an escaped one in quoted text.
_BREAK: Final = r"(?:\r?\n|\\r\\n|\\n)"
_END_OF_HEAD: Final = rf"{_BREAK}[ \t]*{_BREAK}"
# Also escaped, in quoted text. Only a few backslashes, because a body may consist of them.
_QUOTE: Final = r"\\{0,7}[\"']"
# Bytes that are not text do not count as letters, and neither do escape sequences.
_WORD_BEGINS: Final = (
    r"(?:(?<![A-Za-z0-9_])(?<![A-Za-z0-9_]-)|(?<=\\[nrt])|(?<=\\x[0-9a-f]{2})|(?<=\\u[0-9a-f]{4})|(?<=%[0-9a-f]{2}))"
)
_WORD_ENDS: Final = r"(?![A-Za-z0-9_-])"


class MaskedName(NamedTuple):
    """A name that a test masks, until the end of a scope."""

    text: str
    header: bool
    scope: Scope


# The value that a rule found: its start, its end (None if the text has none), and what to show instead.
_Found = tuple[int, int | None, str]
_Rule = Callable[[str, re.Match[str]], _Found]


class MaskedNames:
    """Finds the values of masked names in text."""

    def __init__(self, given: tuple[MaskedName, ...]) -> None:
        self.given = given
        self._headers = {name.text.lower() for name in given if name.header}
        self._fields = {name.text.lower() for name in given if not name.header}
        self._rules: list[tuple[re.Pattern[str], _Rule]] = []
        if self._headers or self._fields:
            names = _alternatives(self._headers | self._fields)
            # Each backslash can match in one way only, because hostile text may be full of them.
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

    def _rule(self, pattern: str, rule: _Rule) -> None:
        self._rules.append((re.compile(pattern, re.IGNORECASE), rule))

    def masks(self, kind: str, name: str) -> bool:
        """Whether the values of a field are masked by its name."""
        lower = name.lower()
        return holds_credentials(kind, name) or lower in (self._headers if kind == "header" else self._fields)

    def spans(self, text: str, *, cut_before: bool = False) -> Iterator[Span]:
        """Where values of masked names stand in a text, rule by rule.

        A text that is cut may begin in the middle of a value, whose name nobody knows any more.
        """
        if cut_before and self._rules:
            yield Span(0, _first(r"[&\s\"'<>]", text, 0))
        for pattern, rule in self._rules:
            at = 0
            while (found := pattern.search(text, at)) is not None:
                start, end, mask = rule(text, found)
                # A value without an end was cut, so it extends to the end of the text.
                yield Span(start, len(text) if end is None else end, mask)
                at = len(text) if end is None else max(end, found.end())


def _alternatives(names: Iterable[str]) -> str:
    """The names as they are, and as written in JSON, in a URL, and in UTF-8 that was decoded as latin-1."""
    spellings: set[str] = set()
    for name in names:
        spellings |= {name, json.dumps(name)[1:-1], quote(name, safe=""), quote_plus(name)}
        spellings.add(name.encode("utf-8", "surrogatepass").decode("latin-1"))
    return "|".join(sorted(map(re.escape, spellings), key=len, reverse=True))


def _member(text: str, found: re.Match[str]) -> _Found:
    """A member of a JSON object or dictionary, even if the object is itself quoted."""
    quoted, at = found["quote"], found.end()
    end: int | None
    if text.startswith(quoted, at):
        end = _string_end(text, at, quoted)
    elif text[at : at + 1] in ("{", "["):
        end = _balanced(text, at, quoted)
    else:
        end = _first(r"[,}\]\n]", text, at)
    # In quotes, so that JSON stays valid JSON.
    return at, end, f"{quoted}{MASK}{quoted}"


def _string_end(text: str, at: int, quoted: str) -> int:
    """The end of a quoted string; a cut one ends with its line."""
    end = re.compile(rf"\n|(?<!\\){re.escape(quoted)}").search(text, at + len(quoted))
    if end is None:
        return len(text)
    return end.start() if end[0] == "\n" else end.end()


def _balanced(text: str, at: int, quoted: str) -> int | None:
    """The end of an object or list."""
    depth = 0
    position = at
    token = re.compile(rf"(?<!\\){re.escape(quoted)}|[{{}}\[\]]")
    while (found := token.search(text, position)) is not None:
        position = found.end()
        if found[0] == quoted:
            position = _string_end(text, found.start(), quoted)
            continue
        depth += 1 if found[0] in "{[" else -1
        if not depth:
            return position
    return None


def _line(text: str, found: re.Match[str]) -> _Found:
    return found.end(), _first(r"\\r\\n|\\n|\r?\n", text, found.end()), MASK


def _part(text: str, found: re.Match[str]) -> _Found:
    """A part of a multipart body (RFC 7578)."""
    end = re.compile(rf"{_BREAK}[ \t]*--").search(text, found.end())
    return found.end(), None if end is None else end.start(), MASK


def _element(text: str, found: re.Match[str]) -> _Found:
    end = text.find(f"</{found['name']}", found.end())
    return found.end(), None if end < 0 else end, MASK


def _parameter(text: str, found: re.Match[str]) -> _Found:
    """A parameter of a query or form, or an attribute of XML."""
    quoted = re.compile(_QUOTE).match(text, found.end())
    if quoted is not None:
        return found.end(), _string_end(text, found.end(), quoted[0]), f"{quoted[0]}{MASK}{quoted[0]}"
    return found.end(), _first(r"[&\s\"'<>]", text, found.end()), MASK


def _first(pattern: str, text: str, at: int) -> int:
    found = re.compile(pattern).search(text, at)
    return len(text) if found is None else found.start()


def header_names(names: Iterable[str]) -> list[str]:
    """Checks names of headers."""
    given = _some(names, "X-Api-Key")
    for name in given:
        if not TOKEN.fullmatch(name):
            raise UsageError(f"{name!r} is not the name of a header. Give each name as a separate argument.")
    return given


def field_names(names: Iterable[str]) -> list[str]:
    """Checks names of fields."""
    given = _some(names, "password")
    for name in given:
        if not name.strip() or "=" in name:
            raise UsageError(f"{name!r} is not the name of a field. Give each name as a separate argument.")
        if name.startswith(("$.", "$[")) or "/" in name:
            raise UsageError(f"{name!r} is a path, but fields are masked by name only, such as password.")
    return given


def _some(names: Iterable[str], example: str) -> list[str]:
    given = [*names]
    if not given:
        raise UsageError(f"At least one name is needed, such as {example}.")
    return given
