"""Stand-ins that are words and sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

from ..scene import Make
from .making import amount, from_words, joined, made

LATIN: Final = tuple(
    "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna "
    "aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi aliquip ex ea commodo consequat".split()
)
_ADJECTIVES: Final = tuple("brave calm clever eager gentle happy honest kind lively quiet quick steady".split())
_NOUNS: Final = tuple("apple bridge cloud forest garden harbor lantern meadow river stone valley window".split())
_VERBS: Final = tuple("build carry draw find follow gather learn open plant read travel write".split())


def sentence(random: Random, count: int) -> str:
    return f"{joined(random, LATIN, count).capitalize()}." if count else ""


def sentences(random: Random, count: int) -> str:
    return " ".join(sentence(random, random.randint(4, 9)) for _ in range(count))


def _counted(make: Callable[[Random, int], str], name: str, default: int | tuple[int, int]) -> Make:
    return lambda random, args, named: make(random, amount(random, args, named, name, default))


def _paragraphs(random: Random, args: list[Any], named: Mapping[str, Any]) -> str:
    separator = args[1] if len(args) > 1 and isinstance(args[1], str) else "\n"
    count = amount(random, args, named, "paragraphCount", 3)
    return separator.join(sentences(random, 3) for _ in range(count))


def _lines(random: Random, count: int) -> str:
    return "\n".join(sentence(random, 5) for _ in range(count))


def _word(words: tuple[str, ...]) -> Make:
    return made(lambda random: random.choice(words))


def _phrase(random: Random) -> str:
    return f"If we {random.choice(_VERBS)} the {random.choice(_NOUNS)}, we can {random.choice(_VERBS)} it!"


WORDS: Final[Mapping[str, Make]] = {
    "hacker.abbreviation": from_words("API CSS HTTP JSON SQL TCP XML"),
    "hacker.adjective": from_words("auxiliary digital mobile neural primary redundant virtual wireless"),
    "hacker.ingverb": from_words("calculating compressing copying indexing parsing quantifying synthesizing"),
    "hacker.noun": from_words("alarm application array bus card driver firewall interface matrix port sensor"),
    "hacker.phrase": made(_phrase),
    "hacker.verb": from_words("bypass compress connect copy generate index input parse program quantify"),
    "lorem.lines": _counted(_lines, "lineCount", (1, 5)),
    "lorem.paragraph": _counted(sentences, "sentenceCount", 3),
    "lorem.paragraphs": _paragraphs,
    "lorem.sentence": _counted(sentence, "wordCount", (3, 10)),
    "lorem.sentences": _counted(sentences, "sentenceCount", (2, 6)),
    "lorem.slug": _counted(lambda random, count: joined(random, LATIN, count, "-"), "wordCount", 3),
    "lorem.text": made(lambda random: sentences(random, 2)),
    "lorem.word": _word(LATIN),
    "lorem.words": _counted(lambda random, count: joined(random, LATIN, count), "wordCount", 3),
    "word.adjective": _word(_ADJECTIVES),
    "word.adverb": from_words("bravely calmly eagerly gently happily kindly quietly quickly"),
    "word.conjunction": from_words("after although and because but if or since unless when"),
    "word.interjection": from_words("ah aha hey hooray oh ouch wow yay"),
    "word.noun": _word(_NOUNS),
    "word.preposition": from_words("above among at before below between from near over under with"),
    "word.sample": _word(_NOUNS + _ADJECTIVES),
    "word.verb": _word(_VERBS),
    "word.words": _counted(lambda random, count: joined(random, _NOUNS, count), "count", (1, 3)),
}
