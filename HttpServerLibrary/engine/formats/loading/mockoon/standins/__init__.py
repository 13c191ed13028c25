"""Stand-ins for what the library Faker makes: of the right type and shape, and the same for the same request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..scene import Make
from .older import NEWER
from .people import PEOPLE
from .places import PLACES
from .plain import PLAIN
from .things import THINGS
from .web import WEB
from .words import WORDS

STAND_INS: Final[Mapping[str, Make]] = {**PEOPLE, **PLACES, **PLAIN, **THINGS, **WEB, **WORDS}


def stand_in(name: str) -> Make | None:
    """What makes the stand-in for a method of Faker such as ``person.firstName``, also under an older name."""
    return STAND_INS.get(name) or STAND_INS.get(NEWER.get(name, ""))
