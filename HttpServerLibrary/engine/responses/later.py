"""No response yet: the test answers the request later."""

from __future__ import annotations

from datetime import timedelta
from typing import NoReturn

from .occasion import Occasion
from .responder import SendsAtOnce
from .seconds import seconds_of


class Later(SendsAtOnce):
    """Leaves a request to the test, which has so many seconds to answer it."""

    takes_time = False

    def __init__(self, timeout: float | timedelta) -> None:
        self.held_for = seconds_of(timeout, "timeout")

    def respond(self, occasion: Occasion) -> NoReturn:
        raise NotImplementedError("The test makes the response.")
