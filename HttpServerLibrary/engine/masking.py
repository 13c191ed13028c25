"""What must not be read in messages and logs."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Final
from urllib.parse import quote, quote_plus

MASK: Final = "***"
_PREFIX: Final = re.compile(r"^(EQUALS|GLOB|REGEXP|STARTS):\s*")
# What a cut text shows at most stands before the mark of the cut.
_CUT: Final = re.compile(r'([^\n]{1,100}?)("?\.\.\. \()')
_CUT_BEFORE: Final = re.compile(r'(\.\.\.")([^\n]{1,100})')
# To hide less would hide nothing, and garble every message.
_SHORTEST: Final = 3
_HEADERS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})


def is_masked_header(name: str) -> bool:
    return name.lower() in _HEADERS


def masked_header(name: str, value: str) -> str:
    return MASK if is_masked_header(name) else value


class Secrets:
    """The secret texts somebody gave, to be blotted out wherever they turn up."""

    def __init__(self) -> None:
        self._texts: tuple[str, ...] = ()

    def add(self, text: str) -> None:
        """Notes a secret, as it is and as it is written in JSON and in a URL; of a text pattern without the prefix."""
        text = _PREFIX.sub("", text)
        if len(text) < _SHORTEST:
            return
        spellings = {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
        spellings |= {quote(text, safe=""), quote_plus(text)}
        # Longest first, so that a secret inside another one leaves no rest.
        self._texts = tuple(sorted({*self._texts, *spellings}, key=len, reverse=True))

    def hide(self, text: str) -> str:
        for secret in self._texts:
            text = text.replace(secret, MASK)
        if self._texts and "..." in text:
            for secret in self._texts:
                text = _CUT.sub(partial(_hide_beginning, secret), text)
                text = _CUT_BEFORE.sub(partial(_hide_rest, secret), text)
        return text


def _hide_beginning(secret: str, cut: re.Match[str]) -> str:
    """Blots out the beginning of a secret at the place where a text was cut."""
    before, mark = cut.groups()
    for length in range(min(len(secret), len(before)), _SHORTEST - 1, -1):
        if before.endswith(secret[:length]):
            return f"{before[:-length]}{MASK}{mark}"
    return cut[0]


def _hide_rest(secret: str, cut: re.Match[str]) -> str:
    """Blots out what is left of a secret behind the place where the beginning of a text was cut."""
    mark, after = cut.groups()
    for length in range(min(len(secret), len(after)), _SHORTEST - 1, -1):
        if after[:length] in secret:
            return f"{mark}{MASK}{after[length:]}"
    return cut[0]
