"""What methods of Faker were called before version 8."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# A module that has another name now, with the methods that are called the same in it.
_MOVED: Final = {
    (
        "name",
        "person",
    ): "firstName lastName middleName fullName gender sex sexType prefix suffix jobTitle jobDescriptor jobArea jobType",
    ("address", "location"): "buildingNumber cardinalDirection city country countryCode county direction latitude "
    "longitude nearbyGPSCoordinate ordinalDirection secondaryAddress state street streetAddress timeZone zipCode",
    ("random", "string"): "alpha numeric",
    ("datatype", "string"): "uuid",
    ("random", "string "): "uuid",
    ("datatype", "number"): "bigInt float",
    ("random", "number"): "float",
    ("random", "datatype"): "boolean",
    ("random", "helpers"): "arrayElement arrayElements objectElement",
}
_RENAMED: Final = {
    "address.cityName": "location.city",
    "address.stateAbbr": "location.state",
    "address.streetName": "location.street",
    "address.zipCodeByState": "location.zipCode",
    "commerce.color": "color.human",
    "company.bs": "company.buzzPhrase",
    "company.bsAdjective": "company.buzzAdjective",
    "company.bsBuzz": "company.buzzVerb",
    "company.bsNoun": "company.buzzNoun",
    "company.companyName": "company.name",
    "company.companySuffix": "company.name",
    "company.suffixes": "company.name",
    "datatype.datetime": "date.anytime",
    "datatype.hexadecimal": "number.hex",
    "datatype.string": "string.sample",
    "finance.account": "finance.accountNumber",
    "finance.mask": "finance.maskedNumber",
    "finance.masked": "finance.maskedNumber",
    "git.shortSha": "git.commitSha",
    "helpers.randomize": "helpers.arrayElement",
    "image.image": "image.url",
    "image.imageUrl": "image.url",
    "internet.avatar": "image.avatar",
    "name.findName": "person.fullName",
    "name.title": "person.jobTitle",
    "phone.phoneNumber": "phone.number",
    "random.alphaNumeric": "string.alphanumeric",
    "random.hexaDecimal": "string.hexadecimal",
    "random.image": "image.url",
    "random.locale": "location.countryCode",
    "random.number": "datatype.number",
    "random.word": "word.sample",
    "random.words": "word.words",
    "time.recent": "date.recent",
    **{
        f"image.{subject}": "image.urlLoremFlickr"
        for subject in (
            *("abstract", "animals", "business", "cats", "city", "fashion", "food", "nature", "nightlife", "people"),
            *("sports", "technics", "transport"),
        )
    },
}
NEWER: Final[Mapping[str, str]] = {
    **{
        f"{old}.{method}": f"{new.strip()}.{method}"
        for (old, new), methods in _MOVED.items()
        for method in methods.split()
    },
    **_RENAMED,
    "random.objectElement": "helpers.objectValue",
}
