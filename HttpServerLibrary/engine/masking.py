"""What must not be read in messages and logs."""

from __future__ import annotations

from typing import Final

MASK: Final = "***"
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
        if text and text not in self._texts:
            # Longest first, so that a secret inside another one leaves no rest.
            self._texts = tuple(sorted((*self._texts, text), key=len, reverse=True))

    def hide(self, text: str) -> str:
        for secret in self._texts:
            text = text.replace(secret, MASK)
        return text
