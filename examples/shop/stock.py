"""The service that knows what is in stock."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from shop.service import call


class StockService:
    def __init__(self, url: str) -> None:
        self._url = url

    def find(self, item: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = call("GET", f"{self._url}/items/{quote(item)}")
        return found

    def names(self) -> list[str]:
        return [item["name"] for item in call("GET", f"{self._url}/items") or []]
