"""The media type of a file, by its name; the same on every machine and in every version of Python."""

from __future__ import annotations

from functools import cache, lru_cache
from mimetypes import MimeTypes
from typing import Final

_UNKNOWN: Final = "application/octet-stream"
# The types of Python 3.15 that older versions do not know, or name differently.
_NEWER: Final = {
    ".7z": "application/x-7z-compressed",
    ".ai": "application/pdf",
    ".avi": "video/vnd.avi",
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".cab": "application/vnd.ms-cab-compressed",
    ".chm": "application/vnd.ms-htmlhelp",
    ".cjs": "application/node",
    ".dcm": "application/dicom",
    ".deb": "application/x-debian-package",
    ".dll": "application/vnd.microsoft.portable-executable",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".efi": "application/efi",
    ".emf": "image/emf",
    ".eot": "application/vnd.ms-fontobject",
    ".epub": "application/epub+zip",
    ".exe": "application/vnd.microsoft.portable-executable",
    ".fits": "image/fits",
    ".flac": "audio/flac",
    ".g3": "image/g3fax",
    ".glb": "model/gltf-binary",
    ".gltf": "model/gltf+json",
    ".gz": "application/gzip",
    ".hjif": "haptics/hjif",
    ".hmpg": "haptics/hmpg",
    ".ivs": "haptics/ivs",
    ".jp2": "image/jp2",
    ".jpm": "image/jpm",
    ".jpx": "image/jpx",
    ".js": "text/javascript",
    ".jxl": "image/jxl",
    ".m4a": "audio/mp4",
    ".m4v": "video/x-m4v",
    ".markdown": "text/markdown",
    ".md": "text/markdown",
    ".mjs": "text/javascript",
    ".mk3d": "video/matroska-3d",
    ".mka": "audio/matroska",
    ".mkv": "video/matroska",
    ".n3": "text/n3",
    ".nq": "application/n-quads",
    ".nt": "application/n-triples",
    ".odg": "application/vnd.oasis.opendocument.graphics",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ogg": "audio/ogg",
    ".ogv": "video/ogg",
    ".ogx": "application/ogg",
    ".otf": "font/otf",
    ".php": "application/x-httpd-php",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".rar": "application/vnd.rar",
    ".rpm": "application/x-rpm",
    ".rst": "text/x-rst",
    ".rtf": "application/rtf",
    ".sql": "application/sql",
    ".sqlite": "application/vnd.sqlite3",
    ".sqlite3": "application/vnd.sqlite3",
    ".srt": "text/plain",
    ".stl": "model/stl",
    ".t38": "image/t38",
    ".texi": "application/texinfo",
    ".texinfo": "application/texinfo",
    ".tfx": "image/tiff-fx",
    ".thmx": "application/vnd.ms-officetheme",
    ".toml": "application/toml",
    ".trig": "application/trig",
    ".ttc": "font/collection",
    ".ttf": "font/ttf",
    ".vtt": "text/vtt",
    ".wav": "audio/vnd.wave",
    ".weba": "audio/webm",
    ".webp": "image/webp",
    ".wmf": "image/wmf",
    ".wmv": "video/x-ms-wmv",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}


@lru_cache(maxsize=1024)
def type_of(name: str) -> str:
    """The media type of a file with this name."""
    guessed, encoding = _types().guess_type(name)
    if encoding == "gzip":
        return "application/gzip"
    return _UNKNOWN if encoding or guessed is None else guessed


@cache
def _types() -> MimeTypes:
    # Unlike the functions of the module, it has nothing from the registry of Windows or from /etc/mime.types.
    types = MimeTypes()
    for suffix, media_type in _NEWER.items():
        types.add_type(media_type, suffix)
    return types
