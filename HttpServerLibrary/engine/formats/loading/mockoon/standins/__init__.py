"""Stand-ins for what the library Faker makes: of the right type and shape, and the same for the same request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from typing import Any, Final

from ..scene import Make
from .older import NEWER
from .people import PEOPLE
from .places import PLACES
from .plain import PLAIN
from .things import THINGS
from .web import WEB
from .words import WORDS

_PLACEHOLDER: Final = re.compile(r"\{\{\s*([a-zA-Z.]+)[^}]*\}\}")


def stand_in(name: str) -> Make | None:
    """What makes the stand-in for a method of Faker such as ``person.firstName``, also under an older name."""
    return STAND_INS.get(name) or STAND_INS.get(NEWER.get(name, ""))


def _fake(random: Random, args: list[Any], named: Mapping[str, Any]) -> str:
    """A text in which names of methods in braces are replaced."""

    def replaced(found: re.Match[str]) -> str:
        make = stand_in(found[1])
        return "" if make is None else str(make(random, [], {}))

    return _PLACEHOLDER.sub(replaced, str(args[0]) if args else "")


STAND_INS: Final[Mapping[str, Make]] = {
    **PEOPLE,
    **PLACES,
    **PLAIN,
    **THINGS,
    **WEB,
    **WORDS,
    "helpers.fake": _fake,
}
