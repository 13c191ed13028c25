"""What a media type says about the content."""

from __future__ import annotations

from typing import Final

# The types of forms.
URLENCODED: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"


def says_json(media_type: str) -> bool:
    """Whether content is JSON by its type (RFC 6838, 4.2.8)."""
    return media_type.endswith(("/json", "+json"))


def says_xml(media_type: str) -> bool:
    """Whether content is XML by its type (RFC 7303, 4.2)."""
    return media_type.endswith(("/xml", "+xml"))
