"""Documents: what is wrong with them, and what they have."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from HttpServerLibrary.engine.contract.checking import check_request
from HttpServerLibrary.engine.contract.document import Document, load
from HttpServerLibrary.engine.contract.examples import answer
from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.message.request import Request
from utest.contract.documents import MakeDocument

ONE = "paths: {/orders: {get: {operationId: list, responses: {200: {description: OK}}}}}\n"


def error_of(directory: Path, text: str, name: str = "orders.yaml") -> str:
    path = directory / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        load(path)
    return str(raised.value)


def remarks(document: Document) -> list[str]:
    return [str(remark) for remark in document.remarks]


@pytest.mark.parametrize("version", ["3.0.0", "3.0.4", "3.1.0", "3.1", "3.2.0", "'3.0'", "3.0.0-rc1"])
def test_versions(document: MakeDocument, version: str) -> None:
    found = document(ONE, version)
    assert [str(operation) for operation in found.operations] == ["GET /orders"]
    assert remarks(found) == []
    assert repr(found) == "<Document orders.yaml>"
    assert repr(found.operations[0]) == "<Operation GET /orders>"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "swagger: '2.0'",
            (
                "document: orders.yaml is Swagger 2.0, and OpenAPI 3.0 or 3.1 is needed. Convert it, for example with "
                "'npx swagger2openapi'."
            ),
        ),
        ("openapi: 4.0.0", 'document: orders.yaml is OpenAPI "4.0.0", and 3.0 or 3.1 is needed.'),
        ("a: 1", "document: orders.yaml is no OpenAPI document: it has no member 'openapi' with a version."),
        ("[]", "document: orders.yaml is no OpenAPI document: it is not an object."),
        ("", "document: orders.yaml is no OpenAPI document: it is not an object."),
        ("[", "document: orders.yaml: not YAML: did not find expected node content at line 2 column 1."),
    ],
)
def test_what_is_no_document(tmp_path: Path, text: str, message: str) -> None:
    assert error_of(tmp_path, text) == message


def test_a_document_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "orders.yaml"
    with pytest.raises(UsageError) as raised:
        load(path)
    assert str(raised.value) == f'document: the file "{path}" does not exist.'


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    with pytest.raises(UsageError) as raised:
        load(tmp_path / "orders.json")
    assert str(raised.value) == (
        "'Load Openapi' needs the extra 'openapi': pip install robotframework-httpserverlibrary[openapi]"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("paths: []", "$.paths: an object is needed here, not an empty list"),
        ("paths: {/a: 1}", '$.paths["/a"]: an object is needed here (a path item), not 1'),
        ("paths: {/a: {get: text}}", '$.paths["/a"].get: an object is needed here (an operation), not "text"'),
        ("paths: {/a: {get: {responses: [1]}}}", '$.paths["/a"].get.responses: an object is needed, not a list'),
        ("paths: {/a: {get: {parameters: {}}}}", '$.paths["/a"].get.parameters: a list is needed, not an object'),
        (
            "paths: {/a: {get: {parameters: [{in: query}]}}}",
            '$.paths["/a"].get.parameters[0]: a parameter needs a name',
        ),
        (
            "paths: {/a: {parameters: [{name: id, in: body}]}}",
            (
                '$.paths["/a"].parameters[0]: \'in\' of a parameter is path, query, header or cookie, not "body", as '
                "in Swagger 2.0; OpenAPI 3 has requestBody for it"
            ),
        ),
        (
            "paths: {/a: {parameters: [{name: id, in: true}]}}",
            "$.paths[\"/a\"].parameters[0]: 'in' of a parameter is path, query, header or cookie, not true",
        ),
        (
            "paths: {/a: {get: {responses: {200: {content: {a/b: {schema: {$ref: '#/x'}}}}}}}}",
            '$.paths["/a"].get.responses["200"].content["a/b"].schema: the $ref "#/x" leads to nothing',
        ),
        (
            "paths: {/a: {get: {responses: {200: {$ref: 'https://x.test/r.yaml'}}}}}",
            (
                '$.paths["/a"].get.responses["200"]: the $ref "https://x.test/r.yaml" is remote, and nothing is '
                "fetched from a network; save what it refers to beside the document, and refer to that file"
            ),
        ),
        (
            "components: {schemas: {A: {$ref: '#/components/schemas/B'}, B: {$ref: '#/components/schemas/A'}}}",
            None,
        ),
        (
            "components: {schemas: {A: {properties: {b: {allOf: [{$ref: '#/b'}]}}}}}",
            '$.components.schemas.A.properties.b.allOf[0]: the $ref "#/b" leads to nothing',
        ),
        (
            "components: {schemas: {A: {properties: {$ref: '#/b'}}}}",
            '$.components.schemas.A.properties: the $ref "#/b" leads to nothing',
        ),
    ],
)
def test_what_is_wrong_and_where(tmp_path: Path, text: str, reason: str | None) -> None:
    message = error_of(tmp_path, f"openapi: 3.0.0\n{text}")
    if reason is None:
        assert message == (
            "document: orders.yaml has 2 errors:\n"
            '  orders.yaml, $.components.schemas.A: the $ref "#/components/schemas/B" leads in a circle\n'
            '  orders.yaml, $.components.schemas.B: the $ref "#/components/schemas/A" leads in a circle'
        )
    else:
        assert message == f"document: orders.yaml, {reason}."


def test_many_errors(tmp_path: Path) -> None:
    text = "".join(f"  /{number}: 1\n" for number in range(25))
    message = error_of(tmp_path, f"openapi: 3.0.0\npaths:\n{text}")
    lines = message.splitlines()
    assert lines[0] == "document: orders.yaml has 25 errors:"
    assert lines[1] == '  orders.yaml, $.paths["/0"]: an object is needed here (a path item), not 1'
    assert lines[-1] == "  ... and 5 more"
    assert len(lines) == 22


@pytest.mark.parametrize(
    ("schema", "remark"),
    [
        ("null", "$.components.schemas.A: a schema is an object, not null; nothing is checked here"),
        ("[]", "$.components.schemas.A: a schema is an object, not an empty list; nothing is checked here"),
        (
            "{pattern: '\\p{L}+'}",
            (
                '$.components.schemas.A.pattern: "\\\\p{L}+" is not a regular expression of Python (bad escape \\p at '
                "position 0); it is not checked"
            ),
        ),
        ("{pattern: 1}", "$.components.schemas.A.pattern: text is needed; it is not checked"),
        (
            "{patternProperties: {'(': {}}}",
            (
                '$.components.schemas.A.patternProperties["("]: "(" is not a regular expression of Python (missing ), '
                "unterminated subpattern at position 0); it is not checked"
            ),
        ),
        ("{enum: [a, b, a]}", "$.components.schemas.A.enum: a value is there twice"),
        ("{enum: []}", "$.components.schemas.A.enum: a list of values is needed, not an empty list; it is not checked"),
        ("{type: file}", '$.components.schemas.A.type: a type of JSON Schema is needed, not "file"; it is not checked'),
        ("{required: true}", "$.components.schemas.A.required: a list of names is needed, not true; it is not checked"),
        ("{minimum: '1'}", '$.components.schemas.A.minimum: a number is needed, not "1"; it is not checked'),
        (
            "{minLength: -1}",
            "$.components.schemas.A.minLength: a whole number from 0 on is needed, not -1; it is not checked",
        ),
        (
            "{properties: []}",
            "$.components.schemas.A.properties: an object is needed, not an empty list; it is not checked",
        ),
        ("{allOf: {}}", "$.components.schemas.A.allOf: a list is needed, not an object; it is not checked"),
        ("{items: 1}", "$.components.schemas.A.items: a schema is an object, not 1; nothing is checked here"),
    ],
)
def test_schemas_that_cannot_be_used_are_remarks(document: MakeDocument, schema: str, remark: str) -> None:
    assert remarks(document(f"{ONE}components: {{schemas: {{A: {schema}}}}}")) == [f"orders.yaml, {remark}"]


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        (
            "parameters: [{name: a, in: query, examples: [1]}]",
            "parameters[0].examples: an object is needed, not a list",
        ),
        (
            "requestBody: {content: {a/b: {examples: {x: text}}}}",
            'requestBody.content["a/b"].examples.x: an object is needed here (an example), not "text"',
        ),
        (
            "requestBody: {content: {a/b: {encoding: {x: 1}}}}",
            'requestBody.content["a/b"].encoding.x: an object is needed here (an encoding), not 1',
        ),
        ("servers: [/v1]", 'servers[0]: an object is needed here (a server), not "/v1"'),
        ("security: {key: []}", "security: a list is needed, not an object"),
        ("security: [key]", 'security[0]: an object is needed here (a requirement), not "key"'),
    ],
)
def test_what_can_be_done_without(document: MakeDocument, text: str, remark: str) -> None:
    found = document(f"paths: {{/a: {{get: {{{text}}}}}}}")
    assert remarks(found) == [f'orders.yaml, $.paths["/a"].get.{remark}; it is not used']
    assert answer(found.operations[0], Request.of("GET", "/a")).status == 200
    assert check_request(Request.of("GET", "/a"), found.operations[0]) == []


def test_other_remarks(document: MakeDocument) -> None:
    found = document("""
        paths:
          /a?b={b}: {get: {operationId: x}}
          /c#d: {get: {operationId: x}}
          e: {get: {operationId: x}}
          e: {get: {operationId: y}}
    """)
    assert remarks(found) == [
        "orders.yaml, $.paths.e: this name is there twice; the last one counts",
        "orders.yaml, $.paths[\"/a?b={b}\"]: what follows '?' or '#' is no part of a path; it is not compared",
        'orders.yaml, $.paths["/c#d"].get: the operationId "x" is also that of GET /a?b={b}',
        "orders.yaml, $.paths[\"/c#d\"]: what follows '?' or '#' is no part of a path; it is not compared",
        "orders.yaml, $.paths.e: a path begins with a slash; it is read as if it did",
    ]


@pytest.mark.parametrize("text", ["paths: {}", "paths:", "info: {}"])
def test_a_document_without_operations(document: MakeDocument, text: str) -> None:
    found = document(text)
    assert found.operations == []
    assert remarks(found) == ["orders.yaml, $: the document has no operations"]
    with pytest.raises(UsageError) as raised:
        found.operation("x")
    assert str(raised.value) == 'operation: orders.yaml has no operation "x".'


def test_empty_members_and_extensions_are_no_errors(document: MakeDocument) -> None:
    found = document("""
        x-a: 1
        servers:
        components:
          schemas:
          x-b: 1
        paths:
          x-c: 1
          /a:
            x-d: 1
            parameters:
            get:
              parameters:
              requestBody:
              security:
              responses:
                200:
                  content:
                    application/json:
                  headers:
                x-e: 1
            put:
    """)
    assert [str(operation) for operation in found.operations] == ["GET /a"]
    assert remarks(found) == []
    assert [*found.operations[0].responses] == ["200"]


def test_operations_behind_references(document: MakeDocument, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "get.yaml").write_text(
        "operationId: list\nparameters: [{$ref: parameters.yaml#/limit}]\nresponses: {200: {description: OK}}\n",
        encoding="utf-8",
    )
    (tmp_path / "more" / "parameters.yaml").write_text("limit: {name: limit, in: query}\n", encoding="utf-8")
    (tmp_path / "paths.yaml").write_text("/orders: {get: {$ref: more/get.yaml}}\n", encoding="utf-8")
    [operation] = document("paths: {$ref: paths.yaml}").operations
    assert (operation.operation_id, operation.name) == ("list", "GET /orders")
    assert [parameter.name for parameter in operation.parameters] == ["limit"]
    assert str(operation.place) == "more/get.yaml, $"


TWO = """
paths:
  /orders: {get: {operationId: listOrders}, post: {operationId: same}}
  /carts: {get: {}, post: {operationId: same}}
"""


@pytest.mark.parametrize("name", ["listOrders", " listOrders ", "GET /orders", "get  /orders"])
def test_an_operation_by_its_name(document: MakeDocument, name: str) -> None:
    assert document(TWO).operation(name).name == "GET /orders"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("listOrder", 'operation: orders.yaml has no operation "listOrder". Did you mean "listOrders"?'),
        (
            "zzz",
            'operation: orders.yaml has no operation "zzz". It has "listOrders", "same", "GET /carts", "same".',
        ),
        ("same", 'operation: "same" is the operationId of several: POST /orders, POST /carts. Write one of these.'),
    ],
)
def test_an_operation_that_is_not_there(document: MakeDocument, name: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        document(TWO).operation(name)
    assert str(raised.value) == message
