"""The answer to OPTIONS, which browsers send before a request to another origin."""

from __future__ import annotations

from random import Random
from typing import Final

from ....message.reply import RecordingReply
from ....message.response import Response
from ....responses.occasion import Occasion
from ....responses.responder import SendsAtOnce
from .answers import Surrounding
from .fields import Fields
from .incoming import Incoming
from .scene import Scene

_CORS: Final = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS"),
    (
        "Access-Control-Allow-Headers",
        "Content-Type, Origin, Accept, Authorization, Content-Length, X-Requested-With",
    ),
)


class Preflight(SendsAtOnce):
    """Allows everything; the headers of the environment override that."""

    def __init__(self, surrounding: Surrounding) -> None:
        self._surrounding = surrounding
        self.delay = surrounding.latency
        self.takes_time = bool(self.delay) or surrounding.headers.loops

    def respond(self, occasion: Occasion) -> Response:
        request = Incoming(occasion.request, occasion.number, {})
        scene = Scene(self._surrounding.memory, Random(f"{self._surrounding.seed}/{occasion.number}"), request)
        fields = Fields()
        headers = self._surrounding.headers.render(scene)
        for each in (headers, _CORS, headers):
            fields.add_all(each)
        return Response(200, fields.pairs())

    def send(self, response: Response, reply: RecordingReply) -> None:
        if self.delay:
            reply.wait(self.delay)
        super().send(response, reply)
