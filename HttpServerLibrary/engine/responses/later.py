"""No response yet: the test answers the request later."""

from __future__ import annotations

from typing import NoReturn

from .occasion import Occasion
from .responder import SendsAtOnce


class Later(SendsAtOnce):
    """Leaves a request to the test, which has so many seconds to answer it."""

    takes_time = False

    def __init__(self, seconds: float) -> None:
        self.held_for = seconds

    def respond(self, occasion: Occasion) -> NoReturn:
        raise NotImplementedError("The test makes the response.")
