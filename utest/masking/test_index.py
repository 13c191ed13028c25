"""Many texts found in another one."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from HttpServerLibrary.engine.masking.index import Index

# Of few letters, so that texts overlap and share pieces.
TEXTS = st.text(alphabet="ab", min_size=3, max_size=12)
MANY = [f"{number:04d}-{number * 7919:08d}" for number in range(100)]


def index_of(texts: Iterable[str]) -> Index:
    index = Index()
    for text in texts:
        index.add(text)
    return index


def places(known: Iterable[str], text: str) -> set[tuple[int, int]]:
    return {(at, at + len(entry)) for entry in known for at in range(len(text)) if text.startswith(entry, at)}


@given(st.sets(TEXTS, min_size=1), st.text(alphabet="ab", max_size=40), st.booleans())
def test_all_places_are_found(known: set[str], text: str, among_many: bool) -> None:
    index = index_of([*known, *MANY] if among_many else known)
    assert set(index.find(text)) == places(known, text)


@given(st.sets(TEXTS, min_size=1), st.text(alphabet="ab", max_size=20))
def test_what_a_cut_leaves_is_found(known: set[str], text: str) -> None:
    index = index_of(known)
    begun = [at for at in range(len(text) - 2) if any(entry.startswith(text[at:]) for entry in known)]
    assert index.begun_at(text) == min(begun, default=None)
    ended = [at for at in range(3, len(text) + 1) if any(entry.endswith(text[:at]) for entry in known)]
    assert index.ended_at(text) == max(ended, default=None)
    assert index.surrounds(text) == (any(text in entry for entry in known) and len(text) < max(map(len, known)))


def test_nothing_is_found_of_nothing() -> None:
    index = Index()
    assert not index
    assert [*index.find("abc")] == []
    assert index.begun_at("abc") is None
    assert index.ended_at("abc") is None
    assert not index.surrounds("abc")


def test_a_text_is_added_once() -> None:
    index = index_of(["abc", "abc"])
    assert [*index.find("abcabc")] == [(0, 3), (3, 6)]
