"""Rewrites a template of WireMock so that the library for Handlebars, which follows JavaScript, does what Java does.

- What a tag writes goes through one helper, which writes it as Java does.
- What a request has is found from everywhere, also inside a loop: its names become paths from the root. So do names
  that a helper of the template assigns, and texts with braces, which would end their tag.
- A tag that is alone on its line does not take the line with it: a comment before it prevents that.
- A ``~`` takes white space only inside a block.
- ``name.0`` is an index, and ``{{else eq a b}}`` a condition.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from .....visible import quote
from ...loaded import NotUnderstood

SHOW: Final = "_show"
"""The helper that writes."""

_BLOCKS: Final = ("if", "unless", "each", "with")
_ROOTS: Final = frozenset({"request", "parameters", "originalRequest"})
_ASSIGNED: Final = (
    re.compile(r"""\{\{\{?[#~&]*\s*assign\s+["']([^"']+)["']"""),
    re.compile(r"""assign=["']([^"']+)["']"""),
    re.compile(
        r"""\{\{\{?~?\s*(?:regexExtract|formData|parseJson)\s[^}]*?["']([A-Za-z_]\w*)["']\s*(?:\w+=[^}]*)?~?\}\}"""
    ),
    re.compile(r"""\{\{~?#\s*parseJson\s+["']([^"']+)["']"""),
)
_LITERAL: Final = re.compile(r"""true|false|null|-?\d+(?:\.\d+)?|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""", re.DOTALL)
_HASH: Final = re.compile(r"([A-Za-z_][\w-]*)=(.+)", re.DOTALL)
_PARAMETERS: Final = re.compile(r"\s+as\s+\|([^|]*)\|\s*$")
_SEGMENT: Final = re.compile(r"\[[^\]]*\]|[^./\[\]]+")
_WRITTEN: Final = {"@first": "first", "@last": "last"}


class Translation:
    """A template, rewritten. Raises `NotUnderstood`."""

    def __init__(self, text: str, helpers: Collection[str]) -> None:
        self._helpers = helpers
        self._roots = {*_ROOTS, *(found[1] for pattern in _ASSIGNED for found in pattern.finditer(text))}
        # What closes the blocks that are open, and the names that they give to items.
        self._open: list[tuple[str, str, tuple[str, ...]]] = []
        self.constants: dict[str, str] = {}
        """Texts by the names that stand for them."""

        self.text = "".join(self._pieces(text))

    def _pieces(self, text: str) -> Iterator[str]:
        at = 0
        while (start := text.find("{{", at)) >= 0:
            slashes = start - at - len(text[at:start].rstrip("\\"))
            if slashes == 1:
                yield text[at : start + 2]
                at = start + 2
                continue
            # The library takes one of several.
            yield text[at:start] + ("\\" if slashes else "")
            if text.startswith("{{!--", start) or text.startswith("{{~!--", start):
                end = text.find("--", start + 5)
                end = text.find("}}", end)
                if end < 0:
                    raise NotUnderstood("a comment in the template is not closed")
                at = end + 2
                continue
            if text.startswith("{{{{", start):
                raise NotUnderstood("the template has a raw block, which cannot be used")
            opening, closing = ("{{{", "}}}") if text.startswith("{{{", start) else ("{{", "}}")
            end = _end_of_tag(text, start + len(opening), closing)
            if end < 0:
                raise NotUnderstood("a tag in the template is not closed")
            at = end + len(closing)
            yield self._tag(text[start + len(opening) : end])
        yield text[at:]

    def _tag(self, body: str) -> str:
        before = "~" if body.startswith("~") else ""
        after = "~" if body.endswith("~") else ""
        body = body.strip("~").strip()
        if body in _WRITTEN:
            return f"{{{{#if {body}}}}}{_WRITTEN[body]}{{{{/if}}}}"
        inner = self._rewritten(body)
        if inner is None:
            return ""
        if inner.startswith(("#", "^")):
            return f"{{{{!}}}}{{{{{inner}{after}}}}}"
        if inner.startswith("/"):
            return f"{{{{{before}!}}}}{{{{{inner}}}}}"
        if inner.startswith("else"):
            return f"{{{{{before}!}}}}{{{{{inner}{after}}}}}"
        return f"{{{{{inner}}}}}"

    def _rewritten(self, body: str) -> str | None:
        """What stands in a tag; None for a comment."""
        if body.startswith("!"):
            return None
        if body.startswith((">", "#>", "*")):
            raise NotUnderstood("the template uses a partial, which cannot be loaded")
        if body.startswith("#"):
            return self._block(body[1:].strip())
        if body == "^" or body == "else":
            return "else"
        if body.startswith("else "):
            return self._else(body[5:].strip())
        if body.startswith("^"):
            name, call = self._name_and_call(body[1:].strip())
            self._open.append((name, call.split(" ", 1)[0], ()))
            return f"^{call}"
        if body.startswith("/"):
            name = body[1:].strip()
            if not self._open or self._open[-1][0] != name:
                raise NotUnderstood(f"the template closes {quote(name)}, which is not open")
            return f"/{self._open.pop()[1]}"
        written = self._expression(body.removeprefix("&").strip())
        return f"{SHOW} {written}"

    def _block(self, body: str) -> str:
        parameters = _PARAMETERS.search(body)
        names = tuple(parameters[1].split()) if parameters else ()
        given, call = self._name_and_call(body[: parameters.start()] if parameters else body)
        self._open.append((given, call.split(" ", 1)[0], names))
        if given in self._helpers:
            # Of those, only arrayJoin gives its items a name; the library knows no names there.
            return f"#{call}"
        return f"#{call}{f' as |{parameters[1]}|' if parameters else ''}"

    def _name_and_call(self, body: str) -> tuple[str, str]:
        """The name of a block as written, and what it calls."""
        tokens = [*_tokens(body)]
        if not tokens:
            raise NotUnderstood("the template has an empty tag")
        name, *arguments = tokens
        if name in _BLOCKS or name in self._helpers or arguments:
            self._check(name)
            return name, " ".join([name, *map(self._argument, arguments)])
        return name, self._path(name)

    def _else(self, body: str) -> str:
        tokens = [*_tokens(body)]
        if tokens[0] in ("if", "unless") and len(tokens) == 2:
            return f"else {tokens[0]} {self._argument(tokens[1])}"
        return f"else if {self._expression(body)}"

    def _expression(self, body: str) -> str:
        """A call in parentheses, a path or a literal."""
        tokens = [*_tokens(body)]
        if not tokens:
            raise NotUnderstood("the template has an empty tag")
        if len(tokens) == 1 and tokens[0] not in self._helpers:
            return self._argument(tokens[0])
        self._check(tokens[0])
        return f"({' '.join([tokens[0], *map(self._argument, tokens[1:])])})"

    def _check(self, name: str) -> None:
        if name not in self._helpers and name not in _BLOCKS:
            raise NotUnderstood(f"the template calls {quote(name)}, which is not known")

    def _argument(self, token: str) -> str:
        if token.startswith("("):
            return self._expression(token[1:-1].strip())
        if _LITERAL.fullmatch(token):
            if "{{" not in token and "}}" not in token:
                return token
            name = f"_text{len(self.constants)}"
            self.constants[name] = re.sub(rf"\\({token[0]})", r"\1", token[1:-1])
            return f"@root.{name}"
        named = _HASH.fullmatch(token)
        if named is not None:
            return f"{named[1]}={self._argument(named[2])}"
        return self._path(token)

    def _path(self, path: str) -> str:
        if path in _WRITTEN:
            return path
        lead = re.match(r"(?:\.\./|\./|\.\.$|\.$)*", path)
        start = lead[0] if lead else ""
        segments = _SEGMENT.findall(path[len(start) :])
        parts = [f"[{part}]" if part.isdigit() else part for part in segments]
        if len(parts) > 2 and parts[0] == "request" and parts[-1] == "first":
            parts[-1] = "[0]"
        if start or not parts:
            return start + ".".join(parts)
        block, _, names = self._open[-1] if self._open else ("", "", ())
        if block in self._helpers and parts[0] in names[:1]:
            parts[0] = "this"
        elif parts[0] in self._roots and not any(parts[0] in others for *_, others in self._open):
            parts.insert(0, "@root")
        return ".".join(parts)


def _end_of_tag(text: str, at: int, closing: str) -> int:
    """Where a tag ends, not counting what is in quotes; -1 if it does not end."""
    quoted = ""
    for index in range(at, len(text)):
        character = text[index]
        if quoted:
            quoted = "" if character == quoted and text[index - 1] != "\\" else quoted
        elif character in "'\"":
            quoted = character
        elif text.startswith(closing, index):
            return index
    return text.find(closing, at)


def _tokens(text: str) -> Iterator[str]:
    """What stands between white space; what is in quotes, parentheses or brackets stays together."""
    token, depth, quoted = "", 0, ""
    escaped = False
    for character in text:
        if quoted:
            token += character
            if character == quoted and not escaped:
                quoted = ""
            escaped = character == "\\" and not escaped
            continue
        if character in "'\"":
            quoted = character
        elif character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        if character.isspace() and not depth:
            if token:
                yield token
            token = ""
        else:
            token += character
    if depth or quoted:
        raise NotUnderstood(f"the template has a tag that is not complete: {quote(text)}")
    if token:
        yield token
