"""Keywords about the description of an API."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from robot.api.deco import keyword

from ..engine.arguments import boolean, member, plain_text, states_to_set, texts_of
from ..engine.checks.count import exact_number
from ..engine.contract.answers import AnswersOfDocument, OfDocument
from ..engine.contract.coverage import Row
from ..engine.contract.document import load
from ..engine.contract.examples import choose
from ..engine.contract.operations import Operation
from ..engine.contracts import Contract, Reaction, uncovered
from ..engine.errors import UsageError
from ..engine.expectations.expectation import Draft, Rank
from ..engine.expectations.turns import Turn
from ..engine.matching.description import RequestDescription
from ..engine.matching.path import Below
from ..engine.responses.arguments import check_status
from ..engine.responses.delayed import delayed
from ..engine.server import HttpServer
from ..engine.words import counted
from ..log.messages import LogLevel, write
from ..options import parse_seconds
from .base import KeywordBase, hiding
from .fields import Seconds, States, Texts, Times
from .outcome import fail

_MAX_REMARKS: Final = 10


class ContractKeywords(KeywordBase):
    @keyword
    def load_openapi(
        self,
        document: Path,
        *,
        answer: bool = True,
        requests: Reaction = Reaction.FAIL,
        responses: Reaction = Reaction.FAIL,
        base_path: str | None = None,
        server: str | None = None,
    ) -> None:
        """Loads the description of an API, OpenAPI 3.0 or 3.1, which answers requests and checks them; see `Contracts`.

        Args:
            document: A file in JSON or YAML. Files that it refers to are read too; nothing is fetched from a network.
            answer: ``False`` answers nothing, and only checks.
            requests: What happens when a request to one of its operations is not as the document says.
            responses: What happens when a response of one of its operations is not as the document says, whoever made
                it.
            base_path: What comes before each path, such as ``/v1``; the path of its ``servers`` when left out.
            server: Alias of the server; the current one when left out.

        Needs the extra ``openapi``.

        Fails when there is no such file, it is not JSON or YAML, is no OpenAPI 3 document, or its structure or a
        reference in it is wrong. Then nothing is registered. A schema or pattern that cannot be used is a warning, and
        is not checked.

        Example:
        | Load Openapi    ${CURDIR}/shop.yaml
        | Load Openapi    ${CURDIR}/shop.yaml    answer=False    requests=WARN    base_path=/v2
        """
        http_server = self._server(server)
        http_server.require_running()
        reactions = member(Reaction, requests, "requests"), member(Reaction, responses, "responses")
        answers = boolean(answer, "answer")
        base = None if base_path is None else Below(base_path, "base_path").path
        if not isinstance(document, (str, Path)) or not str(document):
            raise UsageError(f"document: the path of a file is needed, not {document!r}.")
        with hiding(http_server.secrets):
            loaded = load(document, base)
        contract = Contract(loaded, http_server.book.innermost(), *reactions)
        http_server.contracts.add(contract)
        if answers:
            responder = AnswersOfDocument(loaded, http_server.journal.remark)
            description = RequestDescription.of_fields(OfDocument(loaded))
            draft = Draft(description, (Turn(responder),), rank=Rank.DOCUMENT, precedence=1, newest_first=True)
            http_server.book.register_all([draft])
        for remark in loaded.remarks[:_MAX_REMARKS]:
            write(str(remark), LogLevel.WARN)
        if len(loaded.remarks) > _MAX_REMARKS:
            write(
                f"... and {counted(len(loaded.remarks) - _MAX_REMARKS, 'more remark')} on {loaded.name}", LogLevel.WARN
            )
        write(f"Loaded {counted(len(loaded.operations), 'operation')} from {loaded.name}.")

    @keyword
    def respond_with_openapi_example(
        self,
        operation: str,
        *,
        status: int | None = None,
        example: str | None = None,
        delay: Seconds = 0,
        times: Times | None = None,
        set_state: States = None,
        server: str | None = None,
    ) -> None:
        """Answers the next requests to an operation with a response of its document.

        It comes before the other answers of the document, and after all expectations of the suite. Several of them for
        one operation follow each other, as in `Several responses`. It ends with the test or suite.

        Args:
            operation: The operationId, or method and path: ``POST /orders``.
            status: The status to answer; any that has the example when left out.
            example: The name of the example; the first one, or a value made from the schema, when left out.
            delay: Time to wait before the response is sent, in seconds or as a time string.
            times: How many requests it answers; any number when left out.
            set_state: A state to set when it is due, such as ``order=shipped``; see `State`.
            server: Alias of the server; the current one when left out.

        Fails when no document has the operation, or it has no such status or example.

        Example:
        | Load Openapi    ${CURDIR}/shop.yaml
        | Respond With Openapi Example    getOrder    status=404    times=1
        """
        http_server = self._server(server)
        http_server.require_running()
        contract, found = _operation(http_server, plain_text(operation, "operation"))
        code = None if status is None else check_status(status).code
        choice = choose(found, code, None if example is None else plain_text(example, "example"))
        responder = delayed(
            AnswersOfDocument(contract.document, http_server.journal.remark, choice), parse_seconds(delay, "delay")
        )
        turn = Turn(responder, None if times is None else exact_number(times), states_to_set(set_state))
        key = http_server.book.innermost(), found
        expectation = contract.chosen.get(key)
        if expectation is not None and not expectation.closed:
            http_server.give(expectation, turn)
            return
        description = RequestDescription.of_fields(OfDocument(contract.document, found))
        draft = Draft(description, (turn,), rank=Rank.DOCUMENT)
        [contract.chosen[key]] = http_server.book.register_all([draft])

    @keyword
    def openapi_operations_should_be_covered(
        self,
        *,
        operations: Texts | None = None,
        responses: bool = False,
        message: str | None = None,
        server: str | None = None,
    ) -> None:
        """Fails when there were no requests to some operations of the loaded documents.

        Requests count from the time when the document was loaded, whoever answered them.

        Args:
            operations: A list of operations, each as operationId, or method and path; all operations when left out.
            responses: ``True`` demands each response that the document has for them, too.
            message: Replaces the first line of the failure.
            server: Alias of the server; the current one when left out.

        Fails with the operations, or their responses, that were not used.

        Example:
        | Load Openapi    ${CURDIR}/shop.yaml
        | GET    ${HTTP_SERVER_URL}/orders/7
        | Openapi Operations Should Be Covered    operations=getOrder
        """
        http_server = self._server(server)
        wanted = {contract: contract.document.operations for contract in _contracts(http_server)}
        if operations is not None:
            wanted = {}
            for name in texts_of(operations, "operations"):
                contract, operation = _operation(http_server, name)
                wanted.setdefault(contract, []).append(operation)
        missing = uncovered(wanted, with_responses=boolean(responses, "responses"))
        if missing:
            fail("\n".join(missing), message)

    @keyword
    def get_openapi_coverage(self, *, server: str | None = None) -> list[Row]:
        """Returns which operations and responses of the loaded documents were used.

        Args:
            server: Alias of the server; the current one when left out.

        Returns:
            A list of dictionaries with ``method``, ``path``, ``operation`` (the operationId), ``status`` (as the
            document has it, such as ``201`` or ``default``) and ``requests``. A status that the document does not have
            is listed when it was sent; it is empty where no response was sent.

        Fails when no document is loaded.

        Example:
        | Load Openapi    ${CURDIR}/shop.yaml
        | GET    ${HTTP_SERVER_URL}/orders/7
        | ${coverage} =    Get Openapi Coverage
        | Should Be Equal    ${coverage}[0][requests]    ${1}
        """
        return [row for contract in _contracts(self._server(server)) for row in contract.coverage.rows()]


def _contracts(server: HttpServer) -> Sequence[Contract]:
    contracts = server.contracts.loaded
    if not contracts:
        raise UsageError(f"No description of an API is loaded on {server}. Load one with 'Load Openapi' first.")
    return contracts


def _operation(server: HttpServer, name: str) -> tuple[Contract, Operation]:
    """The operation with this name, and its contract; the one loaded last first."""
    contracts = _contracts(server)
    errors = []
    for contract in reversed(contracts):
        try:
            return contract, contract.document.operation(name)
        except UsageError as error:
            errors.append(error)
    raise errors[0]
