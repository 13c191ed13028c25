"""Finds the values of masked headers and fields in text from outside, even if it is cut or hostile.

A test masks a name: ``X-Api-Key``, ``password``. Where a request is parsed (headers, query parameters, members of
JSON), its values are masked by name, without a search. The rest is free text: a body that is not JSON, the beginning of
a malformed request, the message of an exception in a handler. Rules find the name in every form in which HTTP writes a
name and a value:

    "password": "..."           member     JSON, Python's dictionaries, also quoted once more
    password: ...               line       header fields, YAML
    name="password" CRLF CRLF   part       multipart bodies
    <password>...</password>    element    XML
    password=...                parameter  queries, forms, attributes of XML

The name may be part of a longer one, as in ``user[password]``, and any character may be escaped, so that the text is
also searched without its escapes. When in doubt, a rule masks too much rather than too little.

A rule is a pattern up to the start of the value, and a function that finds its end. Both must run in linear time,
because the text may come from an attacker: patterns have no nested repetition, and a value that never ends is masked up
to the end of the text, so that its end is searched for once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple
from urllib.parse import quote, quote_plus, unquote

from ..errors import UsageError
from ..message.head import TOKEN
from ..phrase import Span, holds_credentials
from ..scope import Scope
from ..visible import MASK
from .spellings import Level

# A line break, including an escaped one in quoted text.
_BREAK: Final = r"(?:\r?\n|\\r\\n|\\n)"
_END_OF_HEAD: Final = re.compile(rf"{_BREAK}[ \t]*{_BREAK}")
_BOUNDARY: Final = re.compile(r"(?:^|(?<=\n)|(?<=\\n)|(?<=[\"']))--[^\s\\\"']{1,70}")
# Longer names are not taken apart.
_MAX_NAME: Final = 1000
# How far to look back for what a parameter stands in.
_MAX_BEFORE: Final = 300
# The head of a part is not longer.
_MAX_HEAD: Final = 16 * 1024
# Of a text whose escapes are escaped in turn, so many levels are searched.
_MAX_LEVELS: Final = 4
_NAME_ENDS: Final = re.compile(r"[\[\].;?'\"\s\0]+")
# Also escaped, in quoted text. Only a few backslashes, because a body may consist of them.
_QUOTE: Final = r"\\{0,7}[\"']"
# Bytes that are not text do not count as letters, and neither do escape sequences.
_WORD_BEGINS: Final = (
    r"(?:(?<![A-Za-z0-9_])(?<![A-Za-z0-9_]-)|(?<=\\[nrt])|(?<=\\x[0-9a-f]{2})|(?<=\\u[0-9a-f]{4})|(?<=%[0-9a-f]{2}))"
)
_WORD_ENDS: Final = r"(?![A-Za-z0-9_-])"
_OPENING: Final = re.compile(_QUOTE)
# The last character before a parameter that is not part of what it stands in, such as a URL.
_DELIMITER: Final = re.compile(r"[\s\"'<>](?=[^\s\"'<>]*\Z)")
# A value that is masked already.
_MASKED: Final = re.compile(rf"{re.escape(MASK)}(?![^\s&),;:.\"'])")
# What a pattern that ignores case takes for a letter of ASCII.
_LIKE_ASCII: Final = re.compile("[\u0130\u0131\u017f\u212a]")
_NESTED: Final = re.compile(r"[ \t]*[|>]?[-+0-9]*[ \t]*(?:\r?\n[ \t]+[^\n]*)+")


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
        self._characters = frozenset("".join(f"{name}{name.upper()}" for name in self._headers | self._fields))
        self._written = tuple({written.lower() for written in _spellings(self._headers | self._fields)})
        self._has_only_ascii = "".join(self._written).isascii()
        self._rules: list[tuple[re.Pattern[str], _Rule]] = []
        self._part: re.Pattern[str] | None = None
        if self._headers or self._fields:
            names = _alternatives(self._headers | self._fields)
            # Each backslash can match in one way only, because hostile text may be full of them.
            inside = r"(?:(?!(?P=quote))(?:\\{1,31}[^\\]|[^\\]))"
            path = rf"[$/](?={inside}{{0,300}}?{_WORD_BEGINS}(?:{names}){_WORD_ENDS}){inside}{{0,600}}"
            longer = rf"(?:[^\"'\\]{{0,60}}[.?\[\s])?(?:{names})(?:[.\[\]\s][^\"'\\]{{0,60}})?"
            self._rule(rf"(?P<quote>{_QUOTE})(?:{longer}|{path})(?P=quote)\s*(?::|=>)\s*", _member)
        if self._headers:
            names = _alternatives(self._headers)
            self._rule(rf"(?m)(?:^|\\r\\n|\\n)[ \t]*(?:{names})[ \t]*:[ \t]*(?=\S)", _line)
        if self._fields:
            names = _alternatives(self._fields)
            self._part = re.compile(
                rf"\bname(?:\*\s{{0,9}}=\s{{0,9}}[\w-]*'[\w-]*'|\s{{0,9}}=\s{{0,9}})(?P<quote>{_QUOTE}|)"
                rf"(?:[^\"'\\;\s]{{0,60}}[.\[]|\s{{0,9}})(?:{names})"
                r"(?:[.\[\] \t\0][^\"'\\;\r\n]{0,60})?(?P=quote)(?=[\s;\\])",
                re.IGNORECASE,
            )
            self._rule(rf"<(?P<name>(?:[\w.-]+:)?(?:{names}))(?:\s[^<>]*)?(?<!/)>", _element)
            after = r"(?:[\[\].+%][^=&\s\"'<>]{0,100}?)??"
            self._rule(
                rf"{_WORD_BEGINS}(?:{names}){after}(?:=|%(?:25){{0,9}}3d|\s{{0,99}}=\s{{0,99}}(?={_QUOTE}))", _parameter
            )
            self._rule(
                rf"(?m)(?:^[ \t-]*|[{{(,]\s{{0,99}})(?:{names})[ \t]{{0,99}}[:=](?:[ \t]{{1,99}}|(?=[\n\"']))", _setting
            )

    def _rule(self, pattern: str, rule: _Rule) -> None:
        self._rules.append((re.compile(pattern, re.IGNORECASE), rule))

    def masks(self, kind: str, name: str) -> bool:
        """Whether the values of a field are masked by its name, or by part of it as in ``user[password]``."""
        if holds_credentials(kind, name):
            return True
        lower = (unquote(name) if "%" in name and kind != "header" and len(name) <= _MAX_NAME else name).lower()
        if kind == "header":
            return lower in self._headers
        if lower in self._fields:
            return True
        return len(lower) <= _MAX_NAME and not self._fields.isdisjoint(_NAME_ENDS.split(lower))

    def __bool__(self) -> bool:
        return bool(self._rules)

    def spans(self, levels: Sequence[Level], *, cut_before: bool = False) -> Iterator[Span]:
        """Where values of masked names stand in a text, rule by rule, at each of its levels of escapes.

        A text that is cut may begin in the middle of a value, whose name nobody knows any more.
        """
        if not self._rules:
            return
        if cut_before:
            yield Span(0, _first(r"[&\s\"'<>]", levels[0].text, 0))
        # Also with only the name without its escapes, as an escaped delimiter is part of the value.
        named = levels[0].next(self._characters) if len(levels) > 1 else None
        for level in (*levels[:_MAX_LEVELS], *([] if named is None else [named])):
            if self._may_be_in(level.text):
                for span in self._spans(level.text):
                    yield Span(level.start(span.start), level.end(span.end), span.mask)

    def _may_be_in(self, text: str) -> bool:
        """Whether a name may stand in a text, found out in a hundredth of the time that the rules take."""
        if not text.isascii() and (not self._has_only_ascii or _LIKE_ASCII.search(text)):
            return True
        lower = text.lower()
        return any(written in lower for written in self._written)

    def _spans(self, text: str) -> Iterator[Span]:
        for pattern, rule in self._rules:
            at = 0
            while (found := pattern.search(text, at)) is not None:
                start, end, mask = rule(text, found)
                # A value without an end was cut, so it extends to the end of the text.
                yield Span(start, len(text) if end is None else end, mask)
                at = len(text) if end is None else max(end, found.end())
        if self._part is not None:
            yield from _parts(self._part, text)


def _spellings(names: Iterable[str]) -> set[str]:
    """The names as they are, and as written in JSON, in a URL, and in UTF-8 that was decoded as latin-1."""
    spellings: set[str] = set()
    for name in names:
        encoded = name.encode("utf-8", "surrogatepass")
        spellings |= {name, json.dumps(name)[1:-1], quote(encoded, safe=""), quote_plus(encoded)}
        spellings.add(encoded.decode("latin-1"))
    return spellings


def _alternatives(names: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, _spellings(names)), key=len, reverse=True))


def _member(text: str, found: re.Match[str]) -> _Found:
    """A member of a JSON object or dictionary, even if the object is itself quoted."""
    quoted, at = found["quote"], found.end()
    # In quotes, so that JSON stays valid JSON.
    return at, _value_end(text, at, r"[,}\]\n]", quoted), f"{quoted}{MASK}{quoted}"


def _value_end(text: str, at: int, ends: str, quoted: str = "") -> int | None:
    """The end of a value: of a quoted one, of an object or list, or of plain text, which ``ends``."""
    quote = _OPENING.match(text, at)
    if quote is not None:
        return _string_end(text, at, quote[0])
    if text[at : at + 1] in ("{", "[") and quoted:
        return _balanced(text, at, quoted)
    return _first(ends, text, at)


def _string_end(text: str, at: int, quoted: str) -> int:
    """The end of a quoted string, which is at the end of the text if it is cut.

    A quote followed by more of a word is none: the string is not escaped as it should be.
    """
    end = re.compile(rf"(?<!\\){re.escape(quoted)}(?![^\s,;:.&<>(){{}}\[\]/\\\"'])").search(text, at + len(quoted))
    return len(text) if end is None else end.end()


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


def _setting(text: str, found: re.Match[str]) -> _Found:
    """A line of YAML, or a member or argument whose name is not in quotes, as in JavaScript and GraphQL."""
    at = found.end()
    if found[0][0] in "{(,":
        return at, _value_end(text, at, r"[,})\n]", '"'), MASK
    # The lines below are further in: a block or a list.
    nested = _NESTED.match(text, at)
    if nested is not None:
        return at, nested.end(), MASK
    return at, _value_end(text, at, r"\n"), MASK


def _parts(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    """Parts of a multipart body (RFC 7578)."""
    at = 0
    head: re.Match[str] | None = None
    for found in pattern.finditer(text):
        if found.end() < at:
            continue
        if head is None or head.start() < found.end():
            head = _END_OF_HEAD.search(text, found.end())
        if head is None:
            return
        if head.start() - found.end() <= _MAX_HEAD:
            boundaries = _BOUNDARY.findall(text, max(0, found.start() - _MAX_BEFORE), found.start())
            boundary = re.escape(boundaries[-1]) if boundaries else "--"
            end = re.compile(rf"{_BREAK}[ \t]*{boundary}").search(text, head.end())
            at = len(text) if end is None else end.start()
            yield Span(head.end(), at)


def _element(text: str, found: re.Match[str]) -> _Found:
    depth = 1
    at = found.end()
    tag = re.compile(rf"<!\[CDATA\[|<!--|<(/?){re.escape(found['name'])}(?=[\s/>])([^<>]*)>", re.IGNORECASE)
    while (next_tag := tag.search(text, at)) is not None:
        at = next_tag.end()
        if next_tag[1] is None:
            at = text.find("]]>" if next_tag[0] == "<![CDATA[" else "-->", at)
            if at < 0:
                break
        elif next_tag[1]:
            depth -= 1
            if not depth:
                return found.end(), next_tag.start(), MASK
        elif not next_tag[2].endswith("/"):
            depth += 1
    return found.end(), None, MASK


def _parameter(text: str, found: re.Match[str]) -> _Found:
    """A parameter of a query or form, or an attribute of XML."""
    at = found.end()
    quoted = _OPENING.match(text, at)
    if quoted is not None:
        return at, _string_end(text, at, quoted[0]), f"{quoted[0]}{MASK}{quoted[0]}"
    if _MASKED.match(text, at):
        return at, at + len(MASK), MASK
    nested = found[0].endswith(("d", "D"))
    before = text[max(0, found.start() - _MAX_BEFORE) : found.start()].rpartition("\n")[2]
    delimiter = _DELIMITER.search(before)
    if delimiter is None:
        # From the start of a line: a form, in which nothing but & ends a value.
        ends = r"[&\r\n]"
    elif delimiter[0] in "\"'":
        ends = rf"[&\s{delimiter[0]}]"
    else:
        ends = r"[&\s<>]" if delimiter[0] in "<>" else r"[&\s]"
    return at, _first(f"{ends}|%(?:25){{0,9}}26" if nested else ends, text, at), MASK


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
