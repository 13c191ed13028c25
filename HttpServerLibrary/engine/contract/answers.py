"""Answers of a document as responses of a server, and what requests they are for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Lock
from urllib.parse import unquote

from ..matching.difference import Difference, Where
from ..matching.path import PathField
from ..matching.suggestion import Suggestion
from ..message.request import Request
from ..message.response import Response
from ..phrase import Masking, Phrase, Plain, Quoted, joined, listed
from ..responses.occasion import Occasion
from ..responses.responder import SendsAtOnce
from .bodies import one_of
from .document import Document
from .examples import Answer, Choice, answer
from .operations import Operation


class OfDocument(PathField):
    """The method and the path are those of an operation of a document, of any of them or of a given one."""

    def __init__(self, document: Document, operation: Operation | None = None) -> None:
        self._document = document
        self._operation = operation

    @property
    def written(self) -> str:
        return "/" if self._operation is None else self._operation.path

    def _found(self, request: Request) -> Operation | None:
        return self._document.route(request.method, request.raw_path)

    def matches(self, request: Request) -> bool:
        found = self._found(request)
        return found is not None and self._operation in (None, found)

    def params(self, request: Request) -> dict[str, str]:
        found = self._found(request)
        values = {} if found is None else found.path_values(request.raw_path)
        return {name: unquote(value) for name, value in values.items()}

    def differences(self, request: Request) -> Iterator[Difference]:
        if self.matches(request):
            return
        if self._operation is not None:
            received = Plain(f"{request.method} {request.path}")
            yield Difference(Where("path"), Plain(self._operation.name), received)
            return
        methods = self._document.methods(request.raw_path)
        if methods:
            yield Difference(Where("method"), one_of(methods, "methods"), Plain(request.method))
            return
        expected = joined("a path of ", Plain(self._document.name))
        yield Difference(Where("path"), expected, Quoted(request.path), self._nearest(request))

    def _nearest(self, request: Request) -> Phrase:
        near = self._document.nearest(request.method, request.raw_path)
        if not near:
            return ""
        names = listed((Plain(operation.name) for operation in near), len(near), "operations")
        return joined("nearest: ", names)

    def suggestion(self, request: Request) -> Suggestion | None:
        return None

    def shown(self, masking: Masking) -> str:
        name = Plain(self._document.name).shown(masking)
        if self._operation is None:
            return f"any operation of {name}"
        return f"{Plain(self._operation.name).shown(masking)} of {name}"


class AnswersOfDocument(SendsAtOnce):
    """Answers as a document says, or with the ``choice`` of a test.

    ``tell`` is called with what people should know about the document, once for each answer.
    """

    # The first answer of an operation may have to be made from schemas.
    takes_time = True

    def __init__(self, document: Document, tell: Callable[[str], object], choice: Choice | None = None) -> None:
        self._document = document
        self._tell = tell
        self._choice = choice
        self._told: set[tuple[Operation, int, str | None]] = set()
        self._lock = Lock()

    def respond(self, occasion: Occasion) -> Response:
        request = occasion.request
        operation = self._document.route(request.method, request.raw_path)
        assert operation is not None
        made = answer(operation, request, self._choice)
        self._tell_about(made)
        return Response(made.status, made.headers, made.body)

    def _tell_about(self, made: Answer) -> None:
        if not made.notes and not made.faults:
            return
        key = (made.operation, made.status, made.name)
        with self._lock:
            is_new = key not in self._told
            self._told.add(key)
        if not is_new:
            return
        for note in made.notes:
            self._tell(str(note))
        for fault in made.faults:
            self._tell(f"{fault}. The example of {fault.place.file} does not fit its own schema; it is sent as it is.")
