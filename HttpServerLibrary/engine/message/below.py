"""What lies below a path."""

from __future__ import annotations

from .head import RequestHead


def base_path(path: str) -> str:
    """A path below which others lie, with a slash at its beginning and none at its end; empty for the root."""
    path = path.strip("/")
    return f"/{path}" if path else ""


def below(request: RequestHead, base: str) -> str | None:
    """What follows a `base_path` in the path of a request, as sent; None if the request is not for it or below it.

    It is empty or begins with a slash. The base is compared with the path as sent, and with the decoded segments.
    """
    raw = request.raw_path
    if raw == base or raw.startswith(f"{base}/"):
        return raw[len(base) :]
    if "%" not in raw:
        return None
    decoded = request.path_by_segment
    if decoded != base and not decoded.startswith(f"{base}/"):
        return None
    # Both have the same number of slashes.
    return "/".join(["", *raw.split("/")[base.count("/") + 1 :]])
