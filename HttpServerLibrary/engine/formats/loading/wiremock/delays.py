"""Delays that differ from request to request."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Final

from ....message.reply import RecordingReply
from ....message.response import Response
from ....responses.responder import Responder, Wrapper
from ..loaded import NotUnderstood
from .members import Members

# Whatever a distribution says, nobody waits longer.
_MAX_SECONDS: Final = 3600.0

Sample = Callable[[], float]
"""Makes a number of seconds."""


class RandomDelay(Wrapper):
    """Waits for a random time before it sends."""

    def __init__(self, responder: Responder, sample: Sample) -> None:
        super().__init__(responder)
        self.takes_time = True
        self._sample = sample

    def send(self, response: Response, reply: RecordingReply) -> None:
        reply.wait(min(max(self._sample(), 0.0), _MAX_SECONDS))
        super().send(response, reply)


def read_distribution(members: Members) -> Sample:
    """A distribution of delays. Raises `NotUnderstood`."""
    kind = members.needed_text("type")
    if kind == "fixed":
        fixed = (members.number("milliseconds") or 0) / 1000
        return lambda: fixed
    if kind == "uniform":
        lower, upper = (members.number(name) or 0 for name in ("lower", "upper"))
        return lambda: random.uniform(lower, upper) / 1000
    if kind == "lognormal":
        return _log_normal(members)
    raise NotUnderstood(f"the distribution {kind} is not known", *members.steps, "type")


def _log_normal(members: Members) -> Sample:
    median, sigma = (members.number(name) or 0 for name in ("median", "sigma"))
    most = members.number("maxValue")

    def sample() -> float:
        value = math.exp(min(random.gauss(0, 1) * sigma, 100)) * median
        return (value if most is None else min(value, most)) / 1000

    return sample
