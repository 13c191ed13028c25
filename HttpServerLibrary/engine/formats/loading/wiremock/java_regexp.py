"""Regular expressions of Java, written as those of Python.

Most of the syntax is the same. What differs is rewritten, token by token: classes such as ``\\p{Alpha}`` and ``\\h``,
quotations, named groups, and flags in the middle, which in Java hold until the end of their group. With `FLAGS`, the
classes and the case of letters are ASCII, as in Java. What Python cannot say is an error.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache, lru_cache
from typing import Final

from ....errors import UsageError
from ....matching.regexp import Regexp
from ....visible import quote

FLAGS: Final = re.ASCII | re.DOTALL

_FLAG_GROUP: Final = re.compile(r"\(\?([a-zA-Z]*)(-[a-zA-Z]*)?([:)])")
_PROPERTY: Final = re.compile(r"\\([pP])(?:\{\^?([^}]*)\}|(.))")
_POSSESSIVE: Final = re.compile(r"(?:[*+?]|\{\d+(?:,\d*)?\})\+")
_KNOWN_FLAGS: Final = "imsx"
# Members of a set.
_ASCII: Final = {
    "Lower": "a-z",
    "Upper": "A-Z",
    "ASCII": "\\x00-\\x7f",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Punct": "!-/:-@\\[-`{-~",
    "Graph": "!-~",
    "Print": " -~",
    "Blank": " \\t",
    "Cntrl": "\\x00-\\x1f\\x7f",
    "XDigit": "0-9a-fA-F",
    "Space": " \\t\\n\\x0b\\f\\r",
}
# Unicode categories by the other names that they have.
_CATEGORIES: Final = {
    "IsAlphabetic": "L",
    "IsLetter": "L",
    "javaLetter": "L",
    "IsDigit": "Nd",
    "IsUppercase": "Lu",
    "javaUpperCase": "Lu",
    "IsLowercase": "Ll",
    "javaLowerCase": "Ll",
    "IsPunctuation": "P",
}
# After one of them in a set, a hyphen is one.
_CLASSES: Final = ("\\s", "\\S", "\\w", "\\W", "\\d", "\\D")
_HORIZONTAL: Final = " \\t\\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000"
_VERTICAL: Final = "\\n\\x0b\\f\\r\\x85\\u2028\\u2029"
_ESCAPES: Final = {
    "R": f"(?:\\r\\n|[{_VERTICAL}])",
    "e": "\\x1b",
    "z": "\\Z",
    "Z": "(?=\\n?\\Z)",
}


@lru_cache(maxsize=4096)
def java_regexp(text: str) -> Regexp:
    """A regular expression of Java. Raises `UsageError`."""
    try:
        pattern = re.compile(_Rewriter(text).rewritten(), FLAGS)
    except (re.error, OverflowError, RecursionError, ValueError) as error:
        raise UsageError(f"{quote(text)} is not a regular expression that can be used here: {error}.") from None
    return Regexp(pattern, "regular expression")


class _Rewriter:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._out: list[str] = []
        # For each open group, the flags that were set in it.
        self._flags: list[list[str]] = [[]]

    def rewritten(self) -> str:
        text = self._text
        while self._at < len(text):
            character = text[self._at]
            if character == "\\":
                self._escape()
            elif character == "[":
                self._out.append(self._set())
            elif character == "(":
                self._open()
            elif character == ")":
                self._out.append(")" * (len(self._flags[-1]) + 1))
                if len(self._flags) > 1:
                    self._flags.pop()
                self._at += 1
            elif character == "|":
                opened = "".join(f"(?{flags}:" for flags in self._flags[-1])
                self._out.append(f"{')' * len(self._flags[-1])}|{opened}")
                self._at += 1
            else:
                self._plain(character)
        self._out.append(")" * sum(map(len, self._flags)))
        return "".join(self._out)

    def _plain(self, character: str) -> None:
        possessive = _POSSESSIVE.match(self._text, self._at)
        if possessive is not None and sys.version_info < (3, 11):
            raise ValueError("a possessive quantifier needs Python 3.11")
        self._out.append(possessive[0] if possessive else character)
        self._at += len(possessive[0]) if possessive else 1

    def _open(self) -> None:
        text, at = self._text, self._at
        flags = _FLAG_GROUP.match(text, at)
        if flags is not None and (flags[1] or flags[2]):
            kept = "".join(flag for flag in flags[1] if flag in _KNOWN_FLAGS)
            off = "".join(flag for flag in flags[2] or "" if flag in _KNOWN_FLAGS)
            written = f"{kept}-{off}" if off else kept
            self._at = flags.end()
            if flags[3] == ":":
                self._flags.append([])
                self._out.append(f"(?{written}:")
            elif written:
                self._flags[-1].append(written)
                self._out.append(f"(?{written}:")
            return
        opening = "("
        if text.startswith("(?<", at) and text[at + 3 : at + 4] not in ("=", "!"):
            opening = "(?P<"
            self._at = at + 3
        else:
            self._at = at + 1
        if text.startswith("(?>", at) and sys.version_info < (3, 11):
            raise ValueError("an atomic group needs Python 3.11")
        self._flags.append([])
        self._out.append(opening)

    def _escape(self) -> None:
        """What a backslash begins outside a set."""
        following = self._text[self._at + 1 : self._at + 2]
        if following == "Q":
            end = self._text.find("\\E", self._at + 2)
            end = len(self._text) if end < 0 else end
            self._out.append(re.escape(self._text[self._at + 2 : end]))
            self._at = end + 2
            return
        members = self._members()
        if members is not None:
            self._out.append(members if members.startswith("[") else f"[{members}]")
            return
        if following == "k":
            name = re.compile(r"\\k<(\w+)>").match(self._text, self._at)
            if name is not None:
                self._out.append(f"(?P={name[1]})")
                self._at = name.end()
                return
        self._out.append(self._literal())

    def _members(self) -> str | None:
        """The members of a class of characters that Python does not know; None if there is none here."""
        letter = self._text[self._at + 1 : self._at + 2]
        if letter in ("h", "v", "H", "V"):
            self._at += 2
            members = _HORIZONTAL if letter in "hH" else _VERTICAL
            return f"[^{members}]" if letter in "HV" else members
        found = _PROPERTY.match(self._text, self._at)
        if found is None:
            return None
        self._at = found.end()
        members = _property(found[2] if found[3] is None else found[3])
        return f"[^{members}]" if (found[1] == "P") is not ("{^" in found[0]) else members

    def _literal(self) -> str:
        """An escape of a single character, or of a class that both know."""
        text, at = self._text, self._at
        letter = text[at + 1 : at + 2]
        self._at += 2
        if letter == "x" and text.startswith("{", at + 2):
            end = text.index("}", at)
            self._at = end + 1
            return re.escape(chr(int(text[at + 3 : end], 16)))
        if letter == "0":
            octal = re.compile(r"[0-3]?[0-7]{1,2}").match(text, at + 2)
            if octal is None:
                raise ValueError("digits are missing after \\0")
            self._at = octal.end()
            return re.escape(chr(int(octal[0], 8)))
        if letter == "c":
            self._at += 1
            return re.escape(chr(ord(text[at + 2]) ^ 64))
        if letter in ("G", "X", "N"):
            raise ValueError(f"\\{letter} is not known")
        if letter == "E":
            return ""
        return _ESCAPES.get(letter, f"\\{letter}")

    def _set(self) -> str:
        """A set, with the members of the sets in it."""
        self._at += 1
        negated = self._text.startswith("^", self._at)
        self._at += negated
        members: list[str] = []
        while True:
            rest = self._text[self._at : self._at + 2]
            if not rest:
                raise ValueError("a set is not closed")
            if rest[0] == "]" and members:
                self._at += 1
                break
            if rest == "&&":
                raise ValueError("sets cannot be intersected with &&")
            if rest[0] == "[":
                inner = self._set()
                if negated or inner.startswith("[^"):
                    raise ValueError("a set is in another one, and one of them is negated")
                members.append(inner[1:-1])
            elif rest[0] == "\\" and rest[1:] == "Q":
                end = self._text.index("\\E", self._at)
                members.append(re.escape(self._text[self._at + 2 : end]))
                self._at = end + 2
            elif rest[0] == "\\":
                found = self._members()
                if found is not None and found.startswith("[^"):
                    raise ValueError("a set has the complement of a class")
                members.append(self._literal() if found is None else found)
            elif rest[0] == "-" and members and members[-1] in _CLASSES:
                members.append("\\-")
                self._at += 1
            else:
                members.append("\\" + rest[0] if rest[0] in "]&~|" else rest[0])
                self._at += 1
        return f"[{'^' if negated else ''}{''.join(members)}]"


def _property(name: str) -> str:
    if name in _ASCII:
        return _ASCII[name]
    category = _CATEGORIES.get(name, name.removeprefix("Is") if len(name) < 5 else name)
    members = _of_category(category)
    if not members:
        raise ValueError(f"the class {name} is not known")
    return members


@cache
def _of_category(category: str) -> str:
    """The characters of a Unicode category, as members of a set; empty for one that does not exist."""
    ranges: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)).startswith(category):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
