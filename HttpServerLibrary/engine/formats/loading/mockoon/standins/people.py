"""Stand-ins about people and companies."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any, Final

from ..scene import Make
from .making import filled, from_words, joined, made, one_of

FIRST_NAMES: Final = (
    *("Alice", "Anna", "Clara", "Daniel", "David", "Elena", "Emma", "Frank", "Grace", "Henry", "Ivan", "Jacob"),
    *("Julia", "Karen", "Laura", "Lucas", "Maria", "Martin", "Nina", "Oscar", "Paul", "Rosa", "Simon", "Vera"),
)
LAST_NAMES: Final = (
    *("Adams", "Baker", "Carter", "Dixon", "Evans", "Fisher", "Green", "Hughes", "Irving", "Jensen", "Keller"),
    *("Larson", "Miller", "Novak", "Olsen", "Parker", "Quinn", "Roberts", "Schmidt", "Turner", "Walker", "Young"),
)
_LEVELS: Final = ("Senior", "Junior", "Lead", "Chief", "Regional", "Global", "Central", "Principal")
_AREAS: Final = ("Security", "Research", "Accounts", "Operations", "Marketing", "Quality", "Markets", "Data")
_TYPES: Final = ("Analyst", "Engineer", "Manager", "Consultant", "Architect", "Director", "Officer", "Planner")
_ADJECTIVES: Final = ("Advanced", "Balanced", "Modular", "Robust", "Secured", "Virtual", "Open-source", "Scalable")
_DESCRIPTORS: Final = ("global", "local", "mobile", "modular", "neutral", "static", "uniform", "stable")
_NOUNS: Final = ("archive", "circuit", "framework", "interface", "matrix", "platform", "protocol", "solution")
_VERBS: Final = ("deliver", "enable", "extend", "integrate", "optimize", "scale", "streamline", "transform")


def full_name(random: Random) -> str:
    return f"{random.choice(FIRST_NAMES)} {random.choice(LAST_NAMES)}"


def _full_name(random: Random, args: list[Any], named: Mapping[str, Any]) -> str:
    first = named.get("firstName") or random.choice(FIRST_NAMES)
    return f"{first} {named.get('lastName') or random.choice(LAST_NAMES)}"


def company(random: Random) -> str:
    return f"{random.choice(LAST_NAMES)} {random.choice(('Inc', 'LLC', 'Group', 'and Sons'))}"


def _job(random: Random) -> str:
    return f"{random.choice(_LEVELS)} {random.choice(_AREAS)} {random.choice(_TYPES)}"


def _phrase(first: tuple[str, ...]) -> Make:
    return made(lambda random: f"{random.choice(first)} {random.choice(_DESCRIPTORS)} {random.choice(_NOUNS)}")


def _phone(random: Random, args: list[Any], named: Mapping[str, Any]) -> str:
    pattern = args[0] if args and isinstance(args[0], str) and "#" in args[0] else "(###) 555-01##"
    return filled(random, pattern)


PEOPLE: Final[Mapping[str, Make]] = {
    "company.buzzAdjective": one_of(*_DESCRIPTORS),
    "company.buzzNoun": one_of(*_NOUNS),
    "company.buzzPhrase": _phrase(_VERBS),
    "company.buzzVerb": one_of(*_VERBS),
    "company.catchPhrase": _phrase(_ADJECTIVES),
    "company.catchPhraseAdjective": one_of(*_ADJECTIVES),
    "company.catchPhraseDescriptor": one_of(*_DESCRIPTORS),
    "company.catchPhraseNoun": one_of(*_NOUNS),
    "company.name": made(company),
    "person.bio": made(lambda random: joined(random, ("reader", "runner", "singer", "writer"), 2, ", ")),
    "person.firstName": one_of(*FIRST_NAMES),
    "person.fullName": _full_name,
    "person.gender": one_of("Female", "Male", "Non-binary"),
    "person.jobArea": one_of(*_AREAS),
    "person.jobDescriptor": one_of(*_LEVELS),
    "person.jobTitle": made(_job),
    "person.jobType": one_of(*_TYPES),
    "person.lastName": one_of(*LAST_NAMES),
    "person.middleName": one_of(*FIRST_NAMES),
    "person.prefix": from_words("Mr. Mrs. Ms. Dr."),
    "person.sex": from_words("female male"),
    "person.sexType": from_words("female male"),
    "person.suffix": from_words("Jr. Sr. II III PhD"),
    "person.zodiacSign": from_words("Aries Taurus Gemini Cancer Leo Virgo Libra Scorpio Pisces"),
    "phone.imei": made(lambda random: filled(random, "##-######-######-#")),
    "phone.number": _phone,
}
