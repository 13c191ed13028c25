"""What of a mapping is not understood, and where it stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.expectations.expectation import Rank
from HttpServerLibrary.engine.formats.loading.load import Format, load
from HttpServerLibrary.engine.formats.loading.loaded import Loaded, Surroundings
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.responses.forwarding import Own


def surroundings(base_path: str = "") -> Surroundings:
    return Surroundings(lambda request: {}, Own("localhost", 1), lambda: None, base_path)


def loaded(value: Any, directory: Path, base_path: str = "") -> Loaded:
    file = directory / "m.json"
    file.write_text(json.dumps(value), encoding="utf-8")
    return load(file, Format.WIREMOCK, surroundings(base_path))


def mapping(request: Any = None, response: Any = None, **more: Any) -> dict[str, Any]:
    return {"request": {"url": "/"} if request is None else request, "response": response or {}, **more}


def body(pattern: Any) -> dict[str, Any]:
    return mapping({"url": "/", "bodyPatterns": [pattern]})


def template(text: str) -> dict[str, Any]:
    return mapping(response={"body": text, "transformers": ["response-template"]})


BODY = "$.request.bodyPatterns[0]"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"name": "x"}, ": a mapping needs a request and a response"),
        ([], None),
        ({"mappings": [5]}, ", $.mappings[0]: an object is needed, not the number 5"),
        (mapping([]), ", $.request: an object is needed, not a list"),
        (mapping(comment=1), ', $.comment: a mapping has no member "comment"'),
        (mapping({"uri": "/"}), ', $.request.uri: a request has no member "uri"'),
        (mapping(response={"code": 1}), ', $.response.code: a response has no member "code"'),
        (mapping({"url": 5}), ", $.request.url: text is needed, not the number 5"),
        (
            mapping({"customMatcher": {"name": "x"}}),
            ", $.request.customMatcher: matchers that are written in Java cannot be used",
        ),
        (
            mapping({"urlPattern": "/("}),
            (', $.request.urlPattern: "/(" is not a regular expression that can be used here: missing ), '
            "unterminated subpattern at position 1"),
        ),
        (
            body({"matches": "[a-z&&[^b]]"}),
            (f', {BODY}.matches: "[a-z&&[^b]]" is not a regular expression that can be used here: sets cannot be '
            "intersected with &&"),
        ),
        (body({}), f", {BODY}: a comparison is needed, such as equalTo, not an empty object"),
        (body({"equals": "x"}), f', {BODY}: a comparison is needed, such as equalTo, not "equals"'),
        (body({"equalTo": 5}), f", {BODY}.equalTo: text is needed, not the number 5"),
        (body({"equalToJson": "{"}), f', {BODY}.equalToJson: equalToJson is not JSON: no text at position 1: "{{"'),
        (
            body({"equalToJson": {"a": "${json-unit.some}"}}),
            f', {BODY}.equalToJson: the placeholder "${{json-unit.some}}" is not known',
        ),
        (
            body({"matchesJsonPath": "$.a["}),
            f', {BODY}.matchesJsonPath: "$.a[" is not a JSONPath that can be used here',
        ),
        (
            body({"matchesJsonPath": "$.a.stddev()"}),
            f', {BODY}.matchesJsonPath: "$.a.stddev()" calls "stddev", which is not known',
        ),
        (
            body({"matchesXPath": "//["}),
            f', {BODY}.matchesXPath: "//[" is not an XPath (1.0): Invalid expression',
        ),
        (
            body({"equalToXml": "<a>"}),
            f", {BODY}.equalToXml: equalToXml is not XML: Premature end of data in tag a line 1 at line 1 column 4",
        ),
        (
            body({"equalToXml": "<a/>", "namespaceAwareness": "LEGACY"}),
            f", {BODY}.namespaceAwareness: namespaceAwareness LEGACY cannot be used",
        ),
        (
            body({"equalToXml": "<a/>", "exemptedComparisons": ["SOME"]}),
            f', {BODY}.equalToXml: the comparison "SOME" is not known',
        ),
        (
            body({"matchesJsonSchema": {}, "schemaVersion": "V3"}),
            f', {BODY}.matchesJsonSchema: the schema version "V3" is not known',
        ),
        (body({"binaryEqualTo": "?"}), f", {BODY}: binaryEqualTo is not base64"),
        (body({"before": "now +3 fortnights"}), (f", {BODY}.before: an offset such as '3 days' is needed, not "
         '"now +3 fortnights"')),
        (
            body({"before": "now", "truncateExpected": "noon"}),
            f', {BODY}.before: the truncation "noon" is not known',
        ),
        (
            body({"before": "now", "actualFormat": "yyyy-qq"}),
            f', {BODY}.before: the letter q in the date format "yyyy-qq" is not known',
        ),
        (
            mapping({"multipartPatterns": [{"matchingType": "SOME"}]}),
            ", $.request.multipartPatterns[0].matchingType: ANY or ALL is needed, not the text \"SOME\"",
        ),
        (mapping(response={"status": "x"}), ', $.response.status: a number is needed, not the text "x"'),
        (mapping(response={"status": 99}), (", $.response: status: a status code from 200 to 599 (RFC 9110, 15) is "
         "needed, not 99")),
        (mapping(response={"headers": {"A": 5}}), ", $.response.headers.A: text is needed, not the number 5"),
        (mapping(response={"headers": {"A b": "x"}}), ', $.response.headers["A b"]: "A b" is not a header name'),
        (
            mapping(response={"fault": "FIRE"}),
            (", $.response.fault: one of EMPTY_RESPONSE, CONNECTION_RESET_BY_PEER, MALFORMED_RESPONSE_CHUNK, "
            'RANDOM_DATA_THEN_CLOSE is needed, not the text "FIRE"'),
        ),
        (
            mapping(response={"delayDistribution": {"type": "normal"}}),
            ", $.response.delayDistribution.type: the distribution normal is not known",
        ),
        (
            mapping(response={"fixedDelayMilliseconds": -1}),
            ", $.response: delay: must be 0 seconds or more, not -0.001 seconds",
        ),
        (
            mapping(response={"proxyBaseUrl": "ftp://x"}),
            ", $.response: upstream: an http or https URL such as http://localhost/ is needed, not \"ftp://x\"",
        ),
        (
            mapping(response={"proxyBaseUrl": "http://{{request.host}}"}),
            ", $.response.proxyBaseUrl: a template needs the transformer response-template",
        ),
        (
            mapping(serveEventListeners=[{"name": "log", "parameters": {}}]),
            ", $.serveEventListeners[0].parameters: the action log is not known; only webhook is",
        ),
        (
            mapping(serveEventListeners=[{"name": "webhook"}]),
            ", $.serveEventListeners[0].parameters: an object is needed, not null",
        ),
        (
            mapping(serveEventListeners=[{"name": "webhook", "parameters": {"url": "x"}}]),
            (', $.serveEventListeners[0].parameters: url: an http or https URL such as http://localhost/ is needed, '
            'not "x"'),
        ),
        (template("{{env key='A'}}"), ', $.response.body: the template calls "env", which is not known'),
        (template("{{#if a}}"), ", $.response.body: the template cannot be read: unclosed block"),
        (template("{{a"), ", $.response.body: a tag in the template is not closed"),
        (template("{{!-- a }}"), ", $.response.body: a comment in the template is not closed"),
        (template("{{/if}}"), ', $.response.body: the template closes "if", which is not open'),
        (template("{{> a}}"), ", $.response.body: the template uses a partial, which cannot be loaded"),
        (template("{{{{a}}}}{{{{/a}}}}"), ", $.response.body: the template has a raw block, which cannot be used"),
        (template("{{a (b}}"), ', $.response.body: the template has a tag that is not complete: "a (b"'),
        (template("{{}}"), ", $.response.body: the template has an empty tag"),
    ],
)  # fmt: skip
def test_what_is_not_understood(value: Any, told: str | None, tmp_path: Path) -> None:
    if told is None:
        with pytest.raises(UsageError) as caught:
            loaded(value, tmp_path)
        assert str(caught.value) == "path: m.json is a list, but a mapping of WireMock is an object."
        return
    found = loaded(value, tmp_path)
    assert [f"{place}: {what}" for place, what in found.unsupported] == [f"m.json{told}"]
    assert not found.drafts


def test_mappings_must_be_a_list(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        loaded({"mappings": {}}, tmp_path)
    assert str(caught.value) == "path: m.json has mappings that are an object; a list is needed."


def test_what_wiremock_ignores(tmp_path: Path) -> None:
    found = loaded(
        {
            "mappings": [
                mapping(
                    id="00000000-0000-0000-0000-000000000001",
                    uuid="00000000-0000-0000-0000-000000000001",
                    name="x",
                    persistent=True,
                    insertionIndex=3,
                    metadata={"a": 1},
                    newScenarioState="x",
                    response={"transformers": ["some"], "transformerParameters": {"a": 1}},
                )
            ],
            "meta": {"total": 1},
        },
        tmp_path,
    )
    assert not found.unsupported
    [draft] = found.drafts
    assert (draft.rank, draft.precedence, draft.newest_first) == (Rank.LOADED, 5, True)
    assert draft.origin == "m.json, $.mappings[0]"
    assert draft.turns[0].changes == {}


def test_a_template_without_its_transformer_is_noted(tmp_path: Path) -> None:
    found = loaded(mapping(response={"body": "{{request.url}}"}), tmp_path)
    assert found.notes == [
        "1 response with {{ is sent as written, because the transformer response-template is not named."
    ]


def test_body_files_lie_beside_the_nearest_mappings(tmp_path: Path) -> None:
    deep = tmp_path / "mappings" / "orders"
    deep.mkdir(parents=True)
    (tmp_path / "__files").mkdir()
    (tmp_path / "__files" / "a.txt").write_text("A", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("S", encoding="utf-8")
    for name in ("a.txt", "b.txt", "../secret.txt"):
        file = deep / f"{name.rpartition('/')[2]}.json"
        file.write_text(json.dumps(mapping(response={"bodyFileName": name})), encoding="utf-8")
    found = load(tmp_path, Format.AUTO, surroundings())
    assert len(found.drafts) == 1
    told = [f"{place}: {what}" for place, what in found.unsupported]
    files = tmp_path / "__files"
    assert told == [
        f"mappings/orders/b.txt.json, $.response.bodyFileName: there is no body file '{files / 'b.txt'}'",
        (
            "mappings/orders/secret.txt.json, $.response.bodyFileName: "
            f"the body file \"../secret.txt\" is outside '{files}'"
        ),
    ]


@pytest.mark.parametrize(
    ("request_", "target", "matches"),
    [
        ({"url": "/a?b=1"}, "/v1/a?b=1", True),
        ({"url": "/a?b=1"}, "/a?b=1", False),
        ({"urlPath": "/a"}, "/v1/a?c", True),
        ({"urlPattern": "/a.*"}, "/v1/abc?d", True),
        ({"urlPattern": "/a.*"}, "/v2/abc?d", False),
        ({"urlPathPattern": "/[0-9]+"}, "/v1/12", True),
        ({"urlPathTemplate": "/a/{id}"}, "/v1/a/2", True),
        ({}, "/v1/anything", True),
        ({}, "/v1", True),
        ({}, "/v11", False),
    ],
)
def test_a_base_path_comes_before_each_url(request_: Any, target: str, matches: bool, tmp_path: Path) -> None:
    [draft] = loaded(mapping(request_), tmp_path, "/v1").drafts
    assert draft.description.matches(Request.of("GET", target)) is matches


@pytest.mark.parametrize(
    ("written", "place", "number"),
    [
        ('{"request": {}, "response": {"status": NaN}}', "$.response.status", "nan"),
        ('{"request": {}, "response": {"status": 1e400}}', "$.response.status", "inf"),
        ('{"request": {}, "priority": -Infinity, "response": {}}', "$.priority", "-inf"),
    ],
)
def test_numbers_that_are_none(written: str, place: str, number: str, tmp_path: Path) -> None:
    file = tmp_path / "m.json"
    file.write_text(written, encoding="utf-8")
    found = load(file, Format.WIREMOCK, surroundings())
    assert found.listed() == [f"    m.json, {place}: a finite number is needed, not the number {number}"]


def test_what_is_nested_too_deeply(tmp_path: Path) -> None:
    found = loaded(template("{{trim " + "(trim " * 3000 + "'a'" + ")" * 3000 + "}}"), tmp_path)
    assert found.listed() == ["    m.json: it is nested too deeply"]
