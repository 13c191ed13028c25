"""Generates HttpServerLibrary.html with libdoc, and tells whether the committed one is current.

Left out of it is what differs between machines (the path of the sources), and line numbers, which change with
every edit. When nothing but the time of generation would change, the file stays as it is.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

DOCUMENTATION = Path(__file__).with_name("HttpServerLibrary.html")

_MODEL = re.compile(r"^libdoc = (\{.*\})$", re.MULTILINE)
_GENERATOR = re.compile(r'content="Robot Framework (\d+\.\d+)')


def generate() -> str:
    """The documentation as this version of Robot Framework makes it."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "HttpServerLibrary.html")
        # On its own, as libdoc may import the library anew, and leave it to who comes after.
        subprocess.run([sys.executable, "-m", "robot.libdoc", "--quiet", "HttpServerLibrary", str(path)], check=True)
        html = path.read_text("utf-8")
    content = _portable(model(html))
    # A function, because the text is full of backslashes that mean nothing to `re`.
    return _MODEL.sub(lambda _: f"libdoc = {json.dumps(content)}", html)


def model(html: str) -> dict[str, Any]:
    """The content that libdoc puts into its page."""
    found = _MODEL.search(html)
    if found is None:
        raise ValueError("This page is not made by libdoc.")
    content: dict[str, Any] = json.loads(found[1])
    return content


def outdated(committed: str, fresh: str) -> list[str]:
    """The names of what differs; only what all versions of Robot Framework show alike, when they are different ones."""
    same_generator = _generator(committed) == _generator(fresh)
    old, new = (_parts(model(html), same_generator) for html in (committed, fresh))
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


def _generator(html: str) -> str:
    found = _GENERATOR.search(html)
    return found[1] if found else ""


def _parts(content: dict[str, Any], whole: bool) -> dict[str, Any]:
    entries = {entry["name"]: entry for entry in [*content["inits"], *content["keywords"]]}
    if not whole:
        return {name: [argument["name"] for argument in entry["args"]] for name, entry in entries.items()}
    # The texts about standard types are Robot Framework's own.
    types = {f"type {entry['name']}": entry for entry in content["typedocs"] if entry["type"] != "Standard"}
    return {"introduction": content["doc"], "version": content["version"], **entries, **types}


def _portable(content: dict[str, Any]) -> dict[str, Any]:
    for entry in [content, *content["inits"], *content["keywords"]]:
        entry["source"] = None
        entry["lineno"] = None
    return content


def main() -> None:
    fresh = generate()
    different = ["everything"]
    if DOCUMENTATION.exists():
        different = outdated(DOCUMENTATION.read_text("utf-8"), fresh)
    if different:
        DOCUMENTATION.write_text(fresh, "utf-8", newline="\n")
    print(f"{DOCUMENTATION}: {'renewed ' + ', '.join(different) if different else 'current'}")


if __name__ == "__main__":
    main()
