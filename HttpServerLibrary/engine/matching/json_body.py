"""The body as JSON (RFC 8259), regardless of its Content-Type."""

from __future__ import annotations

import json
import re
from abc import abstractmethod
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from itertools import islice
from typing import Any, ClassVar, Final

from ..arguments import dictionary, json_reason, json_value, not_empty
from ..errors import UsageError
from ..message.json_text import NotJson
from ..message.media_types import says_json, says_xml
from ..message.request import Request
from ..phrase import Bytes, Masking, Plain, Quoted, joined, listed, text
from ..visible import MASK, quote, shortened
from .body import body_phrase
from .difference import MAX_DIFFERENCES, Difference, Where
from .field import Field
from .form import looks_urlencoded
from .json_difference import NO_KEY, NOTHING, Finding, Words, compare, equal_in_json, has_numbers, json_phrase
from .json_suggestion import MISSING, literal, subset_with_placeholders, with_placeholders
from .named import MAX_DESCRIBED
from .placeholder import advice, filled, is_placeholder
from .quick import LARGE, NEVER, SMALL
from .regexp import Regexp, TookTooLong
from .suggestion import AsJson, Suggestion, is_short
from .unordered import Forms, comparisons

# A backslash that is not a JSON escape.
_ESCAPED: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\<")
_MULTIPART: Final = "multipart/form-data"
# For longer bodies, a better reason is not worth parsing them again.
_MAX_READ_AGAIN = 10_000
# Takes about a second.
_MAX_COMPARISONS = 1_000_000
# Takes a few milliseconds.
_MAX_QUICK = 5_000


class JsonField(Field):
    """A field about the parsed body; a body that is not JSON is one difference."""

    name = "json"

    def matches(self, request: Request) -> bool:
        try:
            return next(self.findings(request.json), None) is None
        except (NotJson, RecursionError):
            return False

    def differences(self, request: Request) -> Iterator[Difference]:
        try:
            for finding in self.explained(request.json):
                yield finding.difference(self._where(finding))
        except NotJson as error:
            yield self._not_json(request, error)
        except RecursionError:
            yield Difference(Where(self.name), "a body that can be compared", "one that is nested too deeply")

    def _not_json(self, request: Request, error: NotJson) -> Difference:
        """The difference of a body that is not JSON."""
        where, expected = Where(self.name), "a JSON body"
        if not request.body:
            return Difference(where, expected, "no body")
        if request.files or request.content_type == _MULTIPART:
            return Difference(where, expected, "a multipart body", "form= and files= compare it")
        if looks_urlencoded(request):
            return Difference(where, expected, ("the form ", Quoted(request.text)), "form= compares it")
        if says_xml(request.content_type):
            return Difference(where, expected, joined("XML ", body_phrase(request)), "xml= compares it")
        received = body_phrase(request)
        if not isinstance(received, Bytes):
            received = joined(received, ", which is not JSON: ", _reason(request, error))
        hint = "although its Content-Type is JSON" if says_json(request.content_type) else ""
        return Difference(where, expected, received, hint)

    def _where(self, finding: Finding) -> Where:
        return Where.in_json(self.name, finding.steps)

    @abstractmethod
    def findings(self, body: Any) -> Iterator[Finding]:
        """Yields what differs in the parsed body."""

    def explained(self, body: Any) -> Iterator[Finding]:
        """Like `findings`, but takes the time to explain more."""
        return self.findings(body)


def _reason(request: Request, error: NotJson) -> Plain:
    """Why the body is not JSON, and where it stops being JSON."""
    if len(request.content) <= _MAX_READ_AGAIN and "\ufffd" not in request.text:
        try:
            json.loads(request.text)
        except json.JSONDecodeError as found:
            return Plain(f"{json_reason(found)[0]} at line {found.lineno} column {found.colno}")
        except (ValueError, RecursionError):
            pass
    return Plain(str(error))


class JsonValue(JsonField):
    """Compares the body with a JSON value, which may hold placeholders."""

    subset: ClassVar[bool]

    def __init__(self, value: object, *, ignore_order: bool = False) -> None:
        if isinstance(value, str) and is_placeholder(value):
            self._given: Any = value.strip()
        else:
            self._given = _parsed(value, self.name)
        self._expected = filled(self._given, self.name)
        self.ignore_order = ignore_order
        if ignore_order:
            self._check_costs()

    def _check_costs(self) -> None:
        try:
            most = comparisons(self._expected, None if self.subset else Forms())
        except RecursionError:
            raise UsageError(f"{self.name}: nested too deeply to compare lists in any order.") from None
        if most > _MAX_COMPARISONS:
            raise UsageError(
                f"{self.name}: comparing these lists in any order "
                f"may take {most:,} comparisons; the limit is {_MAX_COMPARISONS:,}."
            )
        self.work = most
        # Each may have to be compared with all that is in the body.
        self.quick_up_to = min(SMALL, _MAX_QUICK // most)

    def suggestion(self, request: Request) -> Suggestion | None:
        try:
            suggested = self._suggested(request.json)
        except (NotJson, RecursionError):
            return None
        if suggested is None or not is_short(suggested.value):
            return None
        return {self.name: suggested, **({"json_ignore_order": "True"} if self.ignore_order else {})}

    def _suggested(self, body: Any) -> AsJson | None:
        """The body as a new expected value, with the placeholders that match."""
        suggested = with_placeholders(self._expected, body, self._matches_in_any_order if self.ignore_order else None)
        return AsJson(suggested)

    def _matches_in_any_order(self, expected: Any, received: Any) -> bool:
        return next(compare(expected, received, subset=self.subset, forms=Forms()), None) is None

    def findings(self, body: Any) -> Iterator[Finding]:
        return compare(self._expected, body, subset=self.subset, forms=Forms() if self.ignore_order else None)

    def explained(self, body: Any) -> Iterator[Finding]:
        forms = Forms() if self.ignore_order else None
        return compare(self._expected, body, subset=self.subset, forms=forms, hints=True)

    def shown(self, masking: Masking) -> str:
        return f"{self.name}={text(json_phrase(self._given), masking)}"


def _parsed(value: object, what: str) -> Any:
    try:
        return json_value(value, what)
    except UsageError as error:
        if isinstance(value, str) and _ESCAPED.search(value):
            # This is not valid JSON, so it must be the backslash before a placeholder; Robot Framework left only one.
            return _parsed(_ESCAPED.sub(r"\1\\\\<", value), what)
        if isinstance(value, str):
            raise UsageError(f"{error}{advice(value)}") from None
        raise


class Json(JsonValue):
    """Equal to the body: objects in any order, 1 equals 1.0, 1 is not true."""

    subset = False

    def __init__(self, value: object, *, ignore_order: bool = False) -> None:
        super().__init__(value, ignore_order=ignore_order)
        varies = self._expected is not self._given and Forms().of(self._expected) is None
        self._literal = not varies and not ignore_order
        if self._literal:
            self.quick_up_to = LARGE
        try:
            # Only these can be equal in Python and differ in JSON.
            self._has_numbers = has_numbers(self._expected)
        except RecursionError:
            self._has_numbers = True

    def matches(self, request: Request) -> bool:
        if not self._literal:
            return super().matches(request)
        try:
            body = request.json
            # The same result as compare(), in a fraction of the time.
            return bool(self._expected == body) and (not self._has_numbers or equal_in_json(self._expected, body))
        except (NotJson, RecursionError):
            return False

    def explained(self, body: Any) -> Iterator[Finding]:
        # No more than this can be shown.
        found = [*islice(super().explained(body), MAX_DIFFERENCES + 1)]
        if found and all(finding.expected is NO_KEY for finding in found):
            # Extra members are the only difference.
            found[0] = found[0]._replace(hint="json_subset accepts more")
        return iter(found)


class JsonSubset(JsonValue):
    """Every key is in the body with that value; lists of the same length and order, items as subsets."""

    name = "json_subset"
    subset = True

    def _suggested(self, body: Any) -> AsJson | None:
        if self.ignore_order:
            # Where items differ, it is unknown which ones belong together.
            return super()._suggested(body)
        suggested = subset_with_placeholders(self._expected, body)
        return None if suggested is MISSING else AsJson(suggested)


class JsonPath(JsonField):
    """JSONPath (RFC 9535) to the expected value, which one of the found values must equal."""

    name = "json_path"

    def __init__(self, value: object) -> None:
        try:
            environment = _json_path_environment()
        except ImportError:
            raise UsageError(extra_missing("json_path")) from None
        self._find: dict[str, tuple[Callable[[Any], list[Any]], Any]] = {}
        self._given: dict[str, Any] = {}
        for path, expected in not_empty(dictionary(value, "json_path"), "json_path").items():
            try:
                compiled = environment.compile(path)
            except Exception as error:  # its own errors, and those of a bad regular expression in it
                raise UsageError(f"json_path: {quote(path)} is not a JSONPath: {first_line(error)}.") from None
            # Text is a plain value here; it is not parsed as JSON.
            given = expected if isinstance(expected, str) else json_value(expected, f"json_path: {path}")
            if ".." in path or "?" in path:
                self.quick_up_to = NEVER
            self._find[path] = (compiled.findall, filled(given, f"json_path: {path}"))
            self._given[path] = given

    def findings(self, body: Any) -> Iterator[Finding]:
        for path, (find, expected) in self._find.items():
            try:
                # The library rejects a body that is neither an object nor a list.
                found = find(body) if isinstance(body, (dict, list)) else [body] * (path.strip() == "$")
            except (RecursionError, TookTooLong):
                raise
            except Exception as error:  # the library leaves operand types to Python
                yield Finding((path,), expected, failure(error))
                continue
            if not any(next(compare(expected, value), None) is None for value in found):
                yield Finding((path,), expected, found[0] if len(found) == 1 else _among(found))

    def suggestion(self, request: Request) -> Suggestion | None:
        try:
            body = request.json
            suggested = {path: self._suggested(path, body) for path in self._find}
        except Exception:  # the body is not JSON, or the library cannot search it
            return None
        is_known = not any(value is MISSING for value in suggested.values())
        return {"json_path": suggested} if is_known and is_short(suggested) else None

    def _suggested(self, path: str, body: Any) -> Any:
        """The value to expect at a path: the given one if any found value equals it, otherwise the first found one."""
        find, expected = self._find[path]
        found = find(body) if isinstance(body, (dict, list)) else [body]
        if any(next(compare(expected, value), None) is None for value in found):
            return self._given[path]
        return literal(found[0]) if found else MISSING

    def _where(self, finding: Finding) -> Where:
        return Where.by_path(self.name, str(finding.steps[0]))

    def shown(self, masking: Masking) -> str:
        pairs = (
            f"{Quoted(path).shown(masking)}: {_shown_by_path(path, value, masking)}"
            for path, value in self._given.items()
        )
        return shortened(f"json_path={{{', '.join(pairs)}}}", MAX_DESCRIBED)


@cache
def _json_path_environment() -> Any:
    """The library for JSONPath, with a limit of the time that regular expressions in filters take."""
    import jsonpath.function_extensions

    class Match(jsonpath.function_extensions.Match):
        def __call__(self, value: object, pattern: object) -> bool:
            regexp = _regexp(pattern) if isinstance(pattern, str) else None
            # The library knows expressions of RFC 9485 that Python does not.
            return (
                super().__call__(value, pattern) if regexp is None else isinstance(value, str) and regexp.matches(value)
            )

    class Search(jsonpath.function_extensions.Search):
        def __call__(self, value: object, pattern: object) -> bool:
            regexp = _regexp(pattern) if isinstance(pattern, str) else None
            return (
                super().__call__(value, pattern) if regexp is None else isinstance(value, str) and regexp.is_in(value)
            )

    class Environment(jsonpath.JSONPathEnvironment):
        def setup_function_extensions(self) -> None:
            super().setup_function_extensions()
            self.function_extensions |= {"match": Match(), "search": Search()}

        def compare(self, left: object, operator: str, right: Any) -> bool:
            if operator == "=~" and isinstance(left, str) and isinstance(right, re.Pattern):
                return Regexp(right, "json_path").matches(left)
            return super().compare(left, operator, right)

    return Environment()


@lru_cache(maxsize=256)
def _regexp(pattern: str) -> Regexp | None:
    """None if the text is no regular expression. The text may come from a body."""
    try:
        return Regexp(pattern, "json_path")
    except UsageError:
        return None


def _shown_by_path(path: str, value: Any, masking: Masking) -> str:
    is_masked = Where.by_path("json_path", path).is_masked(masking)
    return MASK if is_masked else text(json_phrase(value), masking)


def _among(found: list[Any]) -> Words:
    return Words(listed(map(json_phrase, found), len(found))) if found else NOTHING


def extra_missing(argument: str) -> str:
    return f"{argument} needs the extra 'json': pip install robotframework-httpserverlibrary[json]"


def failure(error: Exception) -> Words:
    return Words(("a failure: ", Plain(first_line(error))))


def first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
