"""XPath in which a name without a prefix matches in every namespace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ..visible import quote

_NAME: Final = r"[^\W\d][\w.\-]*"
# XPath 1.0, 3.7
_TOKEN: Final = re.compile(
    rf"""(?P<space>\s+)
    | (?P<literal>"[^"]*"|'[^']*')
    | (?P<number>\d+(?:\.\d*)?|\.\d+)
    | (?P<name>{_NAME}(?::(?!:)(?:{_NAME}|\*))?|\*)
    | (?P<sign>::|\.\.|//|!=|<=|>=|.)""",
    re.VERBOSE | re.DOTALL,
)
_OPERATORS: Final = ("and", "or", "mod", "div", "*", "/", "//", "|", "+", "-", "=", "!=", "<", "<=", ">", ">=")
_BEFORE_OPERANDS: Final = ("@", "::", "(", "[", ",", "")
_OF_ATTRIBUTES: Final = ("attribute", "namespace")
_NODE_TYPES: Final = ("comment", "text", "processing-instruction", "node")
# XPath 1.0, 4
_FUNCTIONS: Final = frozenset(
    "last position count id local-name namespace-uri name string concat starts-with contains substring-before "
    "substring-after substring string-length normalize-space translate boolean not true false lang number sum floor "
    "ceiling round".split()
)


class _Token(NamedTuple):
    kind: str
    text: str


def in_any_namespace(path: str) -> str:
    """The XPath, rewritten to match names of elements by their local name.

    Names with a prefix, including attributes, match as written in the document. Raises ValueError for unknown functions
    and for variables.
    """
    return "".join(_rewritten(_tokens(path)))


def prefixed_names(path: str) -> list[str]:
    """The names with a prefix in an XPath, such as ``s:Body``."""
    return [token.text for token in _tokens(path) if token.kind == "name" and ":" in token.text]


def _tokens(path: str) -> list[_Token]:
    return [_Token(str(match.lastgroup), match[0]) for match in _TOKEN.finditer(path)]


def _rewritten(tokens: list[_Token]) -> Iterator[str]:
    # The last two tokens other than spaces; the first of them may name the axis.
    before = last = _Token("sign", "")
    was_operator = True
    for index, token in enumerate(tokens):
        if token.kind == "space":
            yield token.text
            continue
        following = next((other.text for other in tokens[index + 1 :] if other.kind != "space"), "")
        operand = was_operator or last.text in _BEFORE_OPERANDS
        is_operator = token.kind != "literal" and token.text in _OPERATORS and not (token.kind == "name" and operand)
        if token.text == "$":
            raise ValueError("variables are not supported")
        if token.kind != "name" or is_operator or following == "::":
            yield token.text
        elif following == "(":
            if token.text not in _NODE_TYPES and token.text not in _FUNCTIONS:
                raise ValueError(f"unknown function {quote(token.text)}")
            yield token.text
        else:
            of_attribute = last.text == "@" or (last.text == "::" and before.text in _OF_ATTRIBUTES)
            yield _name_test(token.text, of_attribute=of_attribute)
        before, last, was_operator = last, token, is_operator


def _name_test(name: str, *, of_attribute: bool) -> str:
    prefix, colon, local = name.partition(":")
    if colon:
        return f"*[starts-with(name(), '{prefix}:')]" if local == "*" else f"*[name() = '{name}']"
    # An attribute without a prefix has no namespace, even if its element has one.
    return name if name == "*" or of_attribute else f"*[local-name() = '{name}']"
