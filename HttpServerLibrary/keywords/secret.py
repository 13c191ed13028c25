"""Robot Framework's type for secrets, with a stand-in for versions that have none; and secrets lost in a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..engine.errors import UsageError
from ..engine.visible import quote

__all__ = ["Secret", "check_no_secret_is_lost"]

if TYPE_CHECKING:
    from robot.api.types import Secret

    _EXISTS: Final = True
else:
    try:
        from robot.api.types import Secret

        _EXISTS = True
    except ImportError:

        class Secret:
            """A stand-in for Robot Framework before 7.4, which has no secrets; no value is an instance of it."""

        _EXISTS = False

# What Robot Framework writes into a text for a secret.
_WRITTEN: Final = "<secret>"
# An element of XML or HTML ends.
_END: Final = "</secret"
_WHOLE: Final = "Make the whole text a Secret: VAR    ${text: Secret}    key=${TOKEN}"
_DICTIONARIES: Final = (
    *("cookies", "files", "form", "headers", "json_path", "query", "query_subset", "xpath"),
    *("state", "set_state"),
)


def check_no_secret_is_lost(text: str, what: str, *, is_entry: bool = False) -> None:
    """Raises `UsageError` for a text into which a secret was put, because its value is not there.

    The text is all that was given for an argument, or an entry of a dictionary or list.
    """
    if _EXISTS and _WRITTEN in text and _END not in text:
        reason = f"Robot Framework writes '{_WRITTEN}' for a Secret inside a text, as in {quote(text)}"
        raise UsageError(f"{what}: {reason}. {_WHOLE if is_entry else _advice(what)}")


def _advice(what: str) -> str:
    if what == "path":
        return "A path cannot have a Secret."
    if what == "basic_auth":
        return "Give a list: basic_auth=${{['user', $TOKEN]}}"
    if what in _DICTIONARIES:
        return f"Give a dictionary: VAR    &{{{what}}}    name=${{TOKEN}}"
    return _WHOLE
