"""Received requests as mappings of WireMock: a file with all of them, and large bodies in ``__files`` beside it.

Repeats are a scenario, as WireMock's own recorder writes it. Where the order of mappings matters, they have a priority,
because WireMock prefers the newest.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from typing import Any, Final, TextIO

from ...masking.secrets import Secrets
from ...message.reply import Ending
from ...message.request import Request
from ...message.response import reason_phrase
from ...records.exchange import Exchange
from .answer import Answer, answer_of
from .files import Bodies
from .sequences import Plan, Planned, Planner
from .wanted import MASKED, DataBody, FormBody, JsonBody, Pieces, TextBody, UploadedPart, Wanted, is_readable

JsonObject = dict[str, Any]

_STARTED: Final = "Started"
_ANY: Final = "${json-unit.ignore}"
_FAULTS: Final = {Ending.CLOSE: "EMPTY_RESPONSE", Ending.RESET: "CONNECTION_RESET_BY_PEER"}


def why_not_in_wiremock(answer: Answer) -> str:
    """Why WireMock cannot give a response; empty if it can."""
    broken = answer.broken
    if broken is None or (broken.after is None and broken.how in _FAULTS):
        return ""
    return f"WireMock has no fault like this: {broken.how}"


class MappingsWriter:
    """Writes requests as mappings; ``directory`` is the name of the one with bodies, inside of ``__files``.

    A body of more than ``most`` bytes is written to a file.
    """

    def __init__(self, exchanges: Sequence[Exchange], secrets: Secrets, directory: str, most: int) -> None:
        self._exchanges = exchanges
        self._secrets = secrets
        self._directory = directory
        self._most = most
        self._planner = Planner(exchanges, secrets, most, as_sent=True, unfit=why_not_in_wiremock)
        self.plan: Plan = self._planner.plan()

    def write(self, file: TextIO, bodies: Bodies) -> None:
        file.write('{"mappings": [')
        separator = "\n"
        for number, planned in enumerate(self.plan.expectations, 1):
            for mapping in self._mappings(number, planned, bodies):
                file.write(f"{separator}{json.dumps(mapping, indent=2)}")
                separator = ",\n"
        file.write("\n]}\n")

    def _mappings(self, number: int, planned: Planned, bodies: Bodies) -> Iterator[JsonObject]:
        found, _ = self._planner.wanted(planned)
        request = self._exchanges[planned.first].request
        repeats = planned.repeats(self._exchanges)
        exchanges = [repeat.exchange for repeat in repeats for _ in range(repeat.times or 1)]
        scenario = f"recorded-{number}"
        for index, exchange in enumerate(exchanges):
            mapping: JsonObject = {}
            if len(exchanges) > 1:
                mapping["scenarioName"] = scenario
                mapping["requiredScenarioState"] = f"{scenario}-{index + 1}" if index else _STARTED
                if index + 1 < len(exchanges):
                    mapping["newScenarioState"] = f"{scenario}-{index + 2}"
            if planned.level is not None:
                mapping["priority"] = planned.level
            mapping["request"] = _request(request, found)
            mapping["response"] = self._response(answer_of(exchange, self._secrets), bodies)
            yield mapping

    def _response(self, answer: Answer, bodies: Bodies) -> JsonObject:
        if answer.broken is not None:
            return {"fault": _FAULTS[answer.broken.how]}
        response: JsonObject = {"status": answer.status}
        # WireMock has phrases of its own for some errors.
        phrase = answer.reason or (reason_phrase(answer.status) if answer.status >= 400 else "")
        if phrase:
            response["statusMessage"] = phrase
        headers: dict[str, Any] = {}
        names: dict[str, str] = {}
        for name, value in answer.headers:
            # A name in another case is the same header.
            written = names.setdefault(name.lower(), name)
            headers[written] = [*headers[written], value] if written in headers else [value]
        if headers:
            response["headers"] = {name: found if len(found) > 1 else found[0] for name, found in headers.items()}
        body = answer.body
        if len(body) > self._most:
            response["bodyFileName"] = f"{self._directory}/{bodies.put(body, answer.media_type)}"
        elif body:
            text = _text(body)
            response |= {"base64Body": b64encode(body).decode()} if text is None else {"body": text}
        return response


def _text(body: bytes) -> str | None:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return text if is_readable(text) else None


def _request(request: Request, found: Wanted) -> JsonObject:
    made: JsonObject = {"method": request.method}
    path = found.path.whole
    if path is not None and found.query is not None:
        made["url"] = path if "?" not in request.target else f"{path}?{found.query}"
    elif path is not None:
        made["urlPath"] = path
    else:
        made["urlPathPattern"] = _pattern(found.path)
    if path is None and found.query:
        # Each parameter once, because the pattern is for the path only.
        made["queryParameters"] = {name: {"equalTo": values[0]} for name, values in request.query.items()}
    elif found.parameters:
        made["queryParameters"] = {name: {"equalTo": values[0]} for name, values in found.parameters.items()}
    if found.headers:
        made["headers"] = {name: {"equalTo": value} for name, value in found.headers.items()}
    body = found.body
    if isinstance(body, JsonBody):
        expected = json.dumps(_with_placeholders(body.value), ensure_ascii=False)
        made["bodyPatterns"] = [
            {"equalToJson": expected, "ignoreArrayOrder": False, "ignoreExtraElements": body.has_more}
        ]
    elif isinstance(body, TextBody):
        text = body.text.whole
        made["bodyPatterns"] = [{"matches": _pattern(body.text)} if text is None else {"equalTo": text}]
    elif isinstance(body, DataBody):
        made["bodyPatterns"] = [{"binaryEqualTo": b64encode(body.data).decode()}]
    elif isinstance(body, FormBody) and body.is_multipart:
        made["multipartPatterns"] = [*_parts(body)]
    elif isinstance(body, FormBody):
        made["formParameters"] = {name: {"equalTo": values[0]} for name, values in body.fields.items()}
    return made


def _with_placeholders(value: Any) -> Any:
    if value is MASKED:
        return _ANY
    if isinstance(value, dict):
        return {key: _with_placeholders(entry) for key, entry in value.items()}
    return [_with_placeholders(item) for item in value] if isinstance(value, list) else value


def _pattern(pieces: Pieces) -> str:
    return "[\\s\\S]*".join(map(re.escape, pieces.texts))


def _parts(form: FormBody) -> Iterator[JsonObject]:
    for name, values in form.fields.items():
        for value in values:
            yield {"matchingType": "ANY", "name": name, "bodyPatterns": [{"equalTo": value}]}
    for name, files in form.files.items():
        for file in files:
            yield {"matchingType": "ANY", "name": name, **_file(file)}


def _file(file: UploadedPart) -> JsonObject:
    made: JsonObject = {}
    headers: JsonObject = {}
    # Clients write other names in different ways.
    if file.filename and file.filename.isascii() and file.filename.isprintable() and '"' not in file.filename:
        headers["Content-Disposition"] = {"contains": f'filename="{file.filename}"'}
    if file.content_type:
        headers["Content-Type"] = {"equalTo": file.content_type}
    if headers:
        made["headers"] = headers
    if file.text:
        made["bodyPatterns"] = [{"equalTo": file.text}]
    return made
