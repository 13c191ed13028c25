"""Patterns of WireMock for a text: a header, a parameter, the body."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

from ....matching.difference import Difference, Where
from ....matching.hints import hint
from ....matching.quick import LARGE, NEVER, SMALL
from ....phrase import Phrase, Quoted, contrast, joined, quotes
from .java_regexp import java_regexp
from .urls import path_template


class Pattern(ABC):
    """What a value must be; None is a value that is missing."""

    quick_up_to = LARGE

    @abstractmethod
    def matches(self, value: str | None) -> bool:
        """Raises `TookTooLong`."""

    @abstractmethod
    def describe(self) -> Phrase:
        """What is expected, as a phrase after 'expected'."""

    @property
    @abstractmethod
    def written(self) -> Phrase:
        """The same as an argument of this library, as far as there is one."""

    def differences(self, where: Where, value: str | None) -> Iterator[Difference]:
        """What differs in a value that does not match."""
        yield Difference(where, self.describe(), "nothing" if value is None else Quoted(value))


class EqualTo(Pattern):
    def __init__(self, value: str, *, ignore_case: bool = False) -> None:
        self._value = value
        self._folded = value.lower() if ignore_case else None

    @property
    def literal(self) -> str | None:
        """The only value that matches."""
        return self._value if self._folded is None else None

    def matches(self, value: str | None) -> bool:
        if self._folded is not None:
            return value is not None and value.lower() == self._folded
        return value == self._value

    def describe(self) -> Phrase:
        return Quoted(self._value) if self._folded is None else (Quoted(self._value), " in any case")

    @property
    def written(self) -> Phrase:
        return self.describe()

    def differences(self, where: Where, value: str | None) -> Iterator[Difference]:
        if value is None or self._folded is not None:
            yield from super().differences(where, value)
        else:
            yield Difference(where, *contrast(self._value, value), hint(self._value, value))


class Contains(Pattern):
    def __init__(self, value: str, *, negated: bool = False) -> None:
        self._value = value
        self._negated = negated

    def matches(self, value: str | None) -> bool:
        return (value is not None and self._value in value) is not self._negated

    def describe(self) -> Phrase:
        return (f"text that {'does not contain' if self._negated else 'contains'} ", Quoted(self._value))

    @property
    def written(self) -> Phrase:
        return Quoted(f"{'NOT:' if self._negated else ''}GLOB:*{self._value}*")


class Matches(Pattern):
    """A regular expression that matches the whole value. Raises `UsageError`."""

    def __init__(self, value: str, *, negated: bool = False) -> None:
        self._value = value
        self._negated = negated
        self._regexp = java_regexp(value)
        self.quick_up_to = SMALL if self._regexp.is_quick else NEVER

    def matches(self, value: str | None) -> bool:
        return (value is not None and self._regexp.matches(value)) is not self._negated

    def describe(self) -> Phrase:
        return (f"text that {'does not match' if self._negated else 'matches'} REGEXP ", Quoted(self._value))

    @property
    def written(self) -> Phrase:
        return Quoted(f"{'NOT:' if self._negated else ''}REGEXP:{self._value}")


class MatchesTemplate(Pattern):
    """A path with ``{name}`` for a segment."""

    quick_up_to = SMALL

    def __init__(self, value: str) -> None:
        self._value = value
        self._regexp = path_template(value)[1]

    def matches(self, value: str | None) -> bool:
        return value is not None and self._regexp.fullmatch(value) is not None

    def describe(self) -> Phrase:
        return ("a path like ", Quoted(self._value))

    @property
    def written(self) -> Phrase:
        return Quoted(self._value)


class Absent(Pattern):
    def matches(self, value: str | None) -> bool:
        return value is None

    def describe(self) -> Phrase:
        return "nothing"

    @property
    def written(self) -> Phrase:
        return "null"


class Anything(Pattern):
    def matches(self, value: str | None) -> bool:
        return True

    def describe(self) -> Phrase:
        return "anything"

    @property
    def written(self) -> Phrase:
        return "anything"


class Not(Pattern):
    def __init__(self, inner: Pattern) -> None:
        self._inner = inner
        self.quick_up_to = inner.quick_up_to

    def matches(self, value: str | None) -> bool:
        return not self._inner.matches(value)

    def describe(self) -> Phrase:
        return joined("anything but ", self._inner.describe())

    @property
    def written(self) -> Phrase:
        return joined("NOT: ", self._inner.written)


class Several(Pattern):
    """All of these, or one of them."""

    def __init__(self, inner: Sequence[Pattern], *, all_of_them: bool) -> None:
        self._inner = inner
        self._word = " and " if all_of_them else " or "
        self._all = all_of_them
        self.quick_up_to = min((pattern.quick_up_to for pattern in inner), default=LARGE)

    def matches(self, value: str | None) -> bool:
        return (all if self._all else any)(pattern.matches(value) for pattern in self._inner)

    def describe(self) -> Phrase:
        return self._listed([pattern.describe() for pattern in self._inner])

    @property
    def written(self) -> Phrase:
        return self._listed([pattern.written for pattern in self._inner])

    def _listed(self, phrases: Sequence[Phrase]) -> Phrase:
        return joined(*(part for phrase in phrases for part in (self._word, phrase)))[1:]

    def differences(self, where: Where, value: str | None) -> Iterator[Difference]:
        if not self._all:
            yield from super().differences(where, value)
            return
        for pattern in self._inner:
            if not pattern.matches(value):
                yield from pattern.differences(where, value)


class Values(ABC):
    """What the values of one name must be, such as those of a header."""

    quick_up_to = LARGE

    @abstractmethod
    def matches(self, values: Sequence[str]) -> bool:
        """Raises `TookTooLong`."""

    @abstractmethod
    def describe(self) -> Phrase: ...

    @property
    @abstractmethod
    def written(self) -> Phrase: ...

    def differences(self, where: Where, values: Sequence[str]) -> Iterator[Difference]:
        yield Difference(where, self.describe(), quotes(values))


class AnyValue(Values):
    """One of the values matches; without a value, nothing does what is expected of it."""

    def __init__(self, pattern: Pattern) -> None:
        self.pattern = pattern
        self.quick_up_to = pattern.quick_up_to

    def matches(self, values: Sequence[str]) -> bool:
        return any(map(self.pattern.matches, values)) if values else self.pattern.matches(None)

    def describe(self) -> Phrase:
        return self.pattern.describe()

    @property
    def written(self) -> Phrase:
        return self.pattern.written

    def differences(self, where: Where, values: Sequence[str]) -> Iterator[Difference]:
        if len(values) > 1:
            yield from super().differences(where, values)
        else:
            yield from self.pattern.differences(where, values[0] if values else None)


class EachPattern(Values):
    """Each of these is matched by one of the values; if ``exactly``, there are as many values."""

    def __init__(self, patterns: Sequence[Pattern], *, exactly: bool) -> None:
        self._patterns = patterns
        self._exactly = exactly
        self.quick_up_to = min((pattern.quick_up_to for pattern in patterns), default=LARGE)

    def matches(self, values: Sequence[str]) -> bool:
        if not values or (self._exactly and len(values) != len(self._patterns)):
            return False
        return all(any(map(pattern.matches, values)) for pattern in self._patterns)

    def describe(self) -> Phrase:
        parts = [part for pattern in self._patterns for part in joined(", ", pattern.describe())][1:]
        return joined("exactly [" if self._exactly else "values with [", *parts, "] in any order")

    @property
    def written(self) -> Phrase:
        parts = [part for pattern in self._patterns for part in joined(", ", pattern.written)][1:]
        return joined("[", *parts, "]" if self._exactly else ", ...]")
