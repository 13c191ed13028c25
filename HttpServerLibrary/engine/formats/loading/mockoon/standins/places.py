"""Stand-ins about places."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any, Final

from ..scene import Make
from .making import between, filled, fraction, from_words, made, one_of, options, shape
from .people import LAST_NAMES

_COUNTRIES: Final = (
    *(("Austria", "AT", "AUT", "040"), ("Brazil", "BR", "BRA", "076"), ("Canada", "CA", "CAN", "124")),
    *(("France", "FR", "FRA", "250"), ("Germany", "DE", "DEU", "276"), ("India", "IN", "IND", "356")),
    *(("Japan", "JP", "JPN", "392"), ("Kenya", "KE", "KEN", "404"), ("Spain", "ES", "ESP", "724")),
)
_CITIES: Final = ("Aurora", "Brighton", "Clifton", "Dover", "Easton", "Fairview", "Milton", "Newport", "Salem")
_STATES: Final = (("Ohio", "OH"), ("Texas", "TX"), ("Maine", "ME"), ("Oregon", "OR"), ("Utah", "UT"), ("Iowa", "IA"))
_STREETS: Final = ("Street", "Avenue", "Road", "Lane", "Square", "Way")
_CARDINAL: Final = (("North", "N"), ("East", "E"), ("South", "S"), ("West", "W"))
_ORDINAL: Final = (("Northeast", "NE"), ("Northwest", "NW"), ("Southeast", "SE"), ("Southwest", "SW"))
_LANGUAGES: Final = (
    ("English", "en", "eng"),
    ("French", "fr", "fra"),
    ("German", "de", "deu"),
    ("Spanish", "es", "spa"),
)


def _short(given: Any, named: Mapping[str, Any]) -> bool:
    return named.get("abbreviated") is True or given is True


def _direction(choices: tuple[tuple[str, str], ...]) -> Make:
    def make(random: Random, args: list[Any], named: Mapping[str, Any]) -> str:
        return random.choice(choices)[_short(args[0] if args else None, options(args, named))]

    return make


def _country_code(random: Random, args: list[Any], named: Mapping[str, Any]) -> str:
    given = args[0] if args and isinstance(args[0], str) else options(args, named).get("variant")
    return random.choice(_COUNTRIES)[{"alpha-3": 2, "numeric": 3}.get(str(given), 1)]


def _street(random: Random) -> str:
    return f"{random.choice(LAST_NAMES)} {random.choice(_STREETS)}"


def _address(random: Random, args: list[Any], named: Mapping[str, Any]) -> str:
    full = (args and args[0] is True) or options(args, named).get("useFullAddress") is True
    return f"{random.randint(1, 999)} {_street(random)}{f' Apt. {random.randint(1, 99)}' if full else ''}"


def _coordinate(most: int) -> Make:
    def make(random: Random, args: list[Any], named: Mapping[str, Any]) -> Any:
        return fraction(random, *between(random, args, named, -most, most), 4)

    return make


def _zip_code(random: Random, args: list[Any], named: Mapping[str, Any]) -> str:
    pattern = args[0] if args and isinstance(args[0], str) else options(args, named).get("format")
    return filled(random, pattern if isinstance(pattern, str) else "#####")


def _language(random: Random) -> dict[str, str]:
    return dict(zip(("name", "alpha2", "alpha3"), random.choice(_LANGUAGES), strict=True))


PLACES: Final[Mapping[str, Make]] = {
    "location.buildingNumber": made(lambda random: str(random.randint(1, 999))),
    "location.cardinalDirection": _direction(_CARDINAL),
    "location.city": one_of(*_CITIES),
    "location.continent": one_of("Africa", "Asia", "Europe", "North America", "Oceania", "South America"),
    "location.country": one_of(*(country[0] for country in _COUNTRIES)),
    "location.countryCode": _country_code,
    "location.county": made(lambda random: f"{random.choice(LAST_NAMES)} County"),
    "location.direction": _direction((*_CARDINAL, *_ORDINAL)),
    "location.language": made(_language),
    "location.latitude": _coordinate(90),
    "location.longitude": _coordinate(180),
    "location.nearbyGPSCoordinate": made(
        lambda random: [fraction(random, -90, 90, 4), fraction(random, -180, 180, 4)],
    ),
    "location.ordinalDirection": _direction(_ORDINAL),
    "location.secondaryAddress": shape("Apt. ###"),
    "location.state": _direction(_STATES),
    "location.street": made(_street),
    "location.streetAddress": _address,
    "location.timeZone": from_words("Europe/Paris America/New_York Asia/Tokyo Africa/Nairobi Australia/Sydney"),
    "location.zipCode": _zip_code,
}
