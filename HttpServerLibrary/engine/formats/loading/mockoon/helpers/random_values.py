"""Helpers for random values: those of the library Faker, and shorter names for some of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from ...handlebars import Helper
from ..scene import plain, scene_of
from ..standins import stand_in
from ..values import is_number

_KEY: Final = re.compile(r"""['"]?([A-Za-z0-9_]+)['"]?\s*:""")
# What these helpers are called in Faker.
_NAMES: Final[Mapping[str, str]] = {
    "boolean": "datatype.boolean",
    "city": "location.city",
    "color": "color.human",
    "company": "company.name",
    "country": "location.country",
    "countryCode": "location.countryCode",
    "domain": "internet.domainName",
    "email": "internet.email",
    "firstName": "person.firstName",
    "guid": "string.uuid",
    "hexColor": "color.rgb",
    "ipv4": "internet.ipv4",
    "ipv6": "internet.ipv6",
    "lastName": "person.lastName",
    "lat": "location.latitude",
    "long": "location.longitude",
    "objectId": "database.mongodbObjectId",
    "phone": "phone.number",
    "postcode": "location.zipCode",
    "street": "location.streetAddress",
    "title": "person.prefix",
    "tld": "internet.domainSuffix",
    "uuid": "string.uuid",
    "zipcode": "location.zipCode",
}


def _faker(args: list[Any], options: Any) -> Any:
    name = plain(args[0]) if args else ""
    make = stand_in(name) if isinstance(name, str) else None
    if make is None:
        raise ValueError(f"there is no stand-in for Faker's {name!r}")
    return make(scene_of(options).random, [*map(_argument, args[1:])], options.hash)


def _argument(value: Any) -> Any:
    """An argument; text in braces is an object, whose names may stand without quotes."""
    if not isinstance(value, str) or not (value.startswith("{") and value.endswith("}")):
        return plain(value)
    try:
        return json.loads(_KEY.sub(r'"\1": ', value.replace("\\", "")))
    except ValueError:
        raise ValueError(f"the argument {value!r} is not an object") from None


def _named(name: str) -> Helper:
    make = stand_in(name)
    assert make is not None
    # They have no arguments.
    return lambda args, options: make(scene_of(options).random, [], {})


def _bounded(name: str) -> Helper:
    make = stand_in(name)
    assert make is not None

    def helper(args: list[Any], options: Any) -> Any:
        bounds = {key: value for key, value in zip(("min", "max"), args, strict=False) if is_number(value)}
        return make(scene_of(options).random, [], bounds)

    return helper


def _lorem(args: list[Any], options: Any) -> Any:
    make = stand_in("lorem.sentence")
    assert make is not None
    return make(scene_of(options).random, [arg for arg in args[:1] if is_number(arg)], {})


RANDOM_VALUES: Final[Mapping[str, Helper]] = {
    **{helper: _named(name) for helper, name in _NAMES.items()},
    "faker": _faker,
    "float": _bounded("number.float"),
    "int": _bounded("number.int"),
    "lorem": _lorem,
}
