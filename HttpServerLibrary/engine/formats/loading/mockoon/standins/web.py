"""Stand-ins about the Internet, systems and software."""

from __future__ import annotations

import base64
import json
import string
from collections.abc import Mapping
from random import Random
from typing import Any, Final
from urllib.parse import quote

from ..dates import now
from ..scene import Make
from .making import amount, characters, filled, fraction, from_words, made, one_of, options, whole
from .people import FIRST_NAMES, LAST_NAMES, full_name
from .words import LATIN, sentence

_HEX: Final = "0123456789abcdef"
_AGENT: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0"
_MIME_TYPES: Final = "application/json application/pdf application/zip image/png image/jpeg text/html text/plain"
_EXTENSIONS: Final = ("csv", "html", "jpg", "json", "pdf", "png", "txt", "xml", "zip")
_DIRECTORIES: Final = ("/usr/lib", "/usr/share", "/var/log", "/opt/bin", "/home/user", "/etc/defaults")
_COLORS: Final = "red green blue azure black cyan gold ivory lime magenta orange pink purple silver teal violet white"
_STATUSES: Final = (200, 201, 202, 204, 301, 302, 304, 400, 401, 403, 404, 409, 418, 422, 429, 500, 502, 503, 504)


def _domain(random: Random) -> str:
    return f"{random.choice(LATIN)}-{random.choice(LATIN)}.example"


def _names(args: list[Any], named: Mapping[str, Any], random: Random) -> tuple[str, str]:
    given = options(args, named)
    texts = [arg for arg in args if isinstance(arg, str)]
    first = given.get("firstName") or (texts[0] if texts else random.choice(FIRST_NAMES))
    last = given.get("lastName") or (texts[1] if len(texts) > 1 else random.choice(LAST_NAMES))
    return str(first), str(last)


def _user_name(random: Random, args: list[Any], named: Mapping[str, Any]) -> str:
    first, last = _names(args, named, random)
    return f"{first}.{last}{random.randint(1, 99)}"


def _email(random: Random, args: list[Any], named: Mapping[str, Any]) -> str:
    first, last = _names(args, named, random)
    provider = options(args, named).get("provider") or "example.com"
    return f"{first}.{last}{random.randint(1, 99)}@{provider}"


def _url(random: Random, args: list[Any], named: Mapping[str, Any]) -> str:
    given = options(args, named)
    slash = "/" if given.get("appendSlash") is True else ""
    return f"{given.get('protocol', 'https')}://{_domain(random)}{slash}"


def _mac(random: Random, args: list[Any], named: Mapping[str, Any]) -> str:
    separator = args[0] if args and isinstance(args[0], str) else options(args, named).get("separator", ":")
    return str(separator).join(characters(random, _HEX, 2) for _ in range(6))


def _password(random: Random, args: list[Any], named: Mapping[str, Any]) -> str:
    length = amount(random, args, named, "length", 15)
    prefix = str(options(args, named).get("prefix", ""))
    return (prefix + characters(random, f"{string.ascii_letters}{string.digits}_", length))[: max(length, len(prefix))]


def _jwt(random: Random) -> str:
    parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": characters(random, _HEX, 8), "iat": int(now().timestamp())})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, characters(random, string.ascii_letters + string.digits, 43)])


def _color(random: Random, args: list[Any], named: Mapping[str, Any]) -> Any:
    given = options(args, named)
    kind = given.get("format", "hex")
    parts = [random.randint(0, 255) for _ in range(3)]
    if kind == "hex":
        digits = "".join(f"{part:02x}" for part in parts)
        return f"{given.get('prefix', '#')}{digits.upper() if given.get('casing') == 'upper' else digits}"
    return parts if kind == "decimal" else f"rgb({', '.join(map(str, parts))})"


def _shares(count: int, first: int | None = None) -> Make:
    def make(random: Random) -> list[Any]:
        shares = [fraction(random, 0, 1, 2) for _ in range(count)]
        return shares if first is None else [random.randint(0, first), *shares[1:]]

    return made(make)


def _image(random: Random, args: list[Any], named: Mapping[str, Any]) -> str:
    given = options(args, named)
    numbers = [arg for arg in args if isinstance(arg, int)]
    width = given.get("width", numbers[0] if numbers else 640)
    height = given.get("height", numbers[1] if len(numbers) > 1 else 480)
    return f"https://picsum.photos/seed/{characters(random, string.ascii_letters, 6)}/{width}/{height}"


def _data_uri(random: Random) -> str:
    color = characters(random, _HEX, 6)
    picture = f'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"><rect fill="#{color}"/></svg>'
    return f"data:image/svg+xml;charset=UTF-8,{quote(picture)}"


def _file(random: Random) -> str:
    return f"{random.choice(LATIN)}_{random.choice(LATIN)}.{random.choice(_EXTENSIONS)}"


def _commit(random: Random) -> str:
    author = full_name(random)
    sha = characters(random, _HEX, 40)
    address = f"{author.replace(' ', '.')}@example.com"
    return f"commit {sha}\r\nAuthor: {author} <{address}>\r\n\r\n    {sentence(random, 4)}\r\n"


WEB: Final[Mapping[str, Make]] = {
    "color.cmyk": _shares(4),
    "color.colorByCSSColorSpace": _shares(3),
    "color.cssSupportedFunction": from_words("rgb rgba hsl hsla hwb cmyk lab lch color"),
    "color.cssSupportedSpace": from_words("sRGB display-p3 rec2020 a98-rgb prophoto-rgb"),
    "color.hsl": _shares(3, 360),
    "color.human": from_words(_COLORS),
    "color.hwb": _shares(3, 360),
    "color.lab": _shares(3),
    "color.lch": _shares(3),
    "color.rgb": _color,
    "color.space": one_of("sRGB", "CIELAB", "CMYK", "HSL", "HSV", "YUV"),
    "database.collation": from_words("utf8_unicode_ci utf8_general_ci utf8_bin ascii_bin ascii_general_ci"),
    "database.column": from_words("id title name email phone status comment createdAt updatedAt group token"),
    "database.engine": from_words("InnoDB MyISAM MEMORY CSV ARCHIVE"),
    "database.mongodbObjectId": made(lambda random: characters(random, _HEX, 24)),
    "database.type": from_words("int varchar text date datetime tinyint time timestamp double boolean"),
    "git.branch": made(lambda random: f"{random.choice(LATIN)}-{random.choice(LATIN)}"),
    "git.commitDate": made(lambda random: f"{now():%a %b %d %H:%M:%S %Y %z}"),
    "git.commitEntry": made(_commit),
    "git.commitMessage": made(lambda random: sentence(random, 3).rstrip(".").lower()),
    "git.commitSha": lambda random, args, named: characters(random, _HEX, amount(random, args, named, "length", 40)),
    "image.avatar": made(lambda random: f"https://avatars.githubusercontent.com/u/{random.randint(1, 99_999_999)}"),
    "image.avatarGitHub": made(
        lambda random: f"https://avatars.githubusercontent.com/u/{random.randint(1, 99_999_999)}",
    ),
    "image.avatarLegacy": made(
        lambda random: f"https://avatars.githubusercontent.com/u/{random.randint(1, 99_999_999)}"
    ),
    "image.dataUri": made(_data_uri),
    "image.personPortrait": made(
        lambda random: f"https://avatars.githubusercontent.com/u/{random.randint(1, 99_999_999)}",
    ),
    "image.url": _image,
    "image.urlLoremFlickr": _image,
    "image.urlPicsumPhotos": _image,
    "image.urlPlaceholder": _image,
    "internet.color": _color,
    "internet.displayName": _user_name,
    "internet.domainName": made(_domain),
    "internet.domainSuffix": from_words("com net org info biz name"),
    "internet.domainWord": made(lambda random: f"{random.choice(LATIN)}-{random.choice(LATIN)}"),
    "internet.email": _email,
    "internet.emoji": one_of("\N{GRINNING FACE}", "\N{ROCKET}", "\N{FOUR LEAF CLOVER}", "\N{HONEYBEE}"),
    "internet.exampleEmail": _email,
    "internet.httpMethod": from_words("GET POST PUT DELETE PATCH"),
    "internet.httpStatusCode": one_of(*_STATUSES),
    "internet.ip": made(lambda random: ".".join(str(random.randint(1, 254)) for _ in range(4))),
    "internet.ipv4": made(lambda random: ".".join(str(random.randint(1, 254)) for _ in range(4))),
    "internet.ipv6": made(lambda random: ":".join(characters(random, _HEX, 4) for _ in range(8))),
    "internet.jwt": made(_jwt),
    "internet.jwtAlgorithm": from_words("HS256 HS384 HS512 RS256 RS384 RS512 ES256 ES384 ES512 PS256"),
    "internet.mac": _mac,
    "internet.password": _password,
    "internet.port": lambda random, args, named: whole(random, args, named, 1, 65535),
    "internet.protocol": from_words("http https"),
    "internet.url": _url,
    "internet.userAgent": made(lambda random: _AGENT.format(random.randint(100, 140))),
    "internet.userName": _user_name,
    "internet.username": _user_name,
    "system.commonFileExt": one_of(*_EXTENSIONS),
    "system.commonFileName": made(_file),
    "system.commonFileType": from_words("video audio image text application"),
    "system.cron": made(lambda random: f"{random.randint(0, 59)} {random.randint(0, 23)} * * {random.randint(0, 6)}"),
    "system.directoryPath": one_of(*_DIRECTORIES),
    "system.fileExt": one_of(*_EXTENSIONS),
    "system.fileName": made(_file),
    "system.filePath": made(lambda random: f"{random.choice(_DIRECTORIES)}/{_file(random)}"),
    "system.fileType": from_words("application audio font image message model text video"),
    "system.mimeType": from_words(_MIME_TYPES),
    "system.networkInterface": made(lambda random: f"{random.choice(('eno', 'wlo', 'enp0s'))}{random.randint(0, 9)}"),
    "system.semver": made(lambda random: filled(random, f"{random.randint(0, 9)}.#.#")),
}
