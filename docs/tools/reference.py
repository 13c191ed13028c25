"""The keyword reference: the page that libdoc makes for the site, and the list in docs/keywords.md.

``python docs/tools/reference.py`` writes the list anew, or prints it with ``--print``. Only the site has the page.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).parents[1] / "keywords.md"

# The files of the keywords, by topic.
TOPICS = {
    "Servers": ("serving", "manual"),
    "Expectations": ("expecting", "loading"),
    "Responses": ("responding", "headers", "calling"),
    "Streams": ("streaming",),
    "Faults": ("breaking",),
    "Files, applications and collections": ("resources",),
    "Forwarding": ("forwarding",),
    "State": ("state",),
    "Contracts": ("contract",),
    "Checks": ("checking",),
    "Waits": ("waiting",),
    "Received requests": ("receiving",),
    "Secrets": ("masking",),
}

_MODEL = re.compile(r"^libdoc = (\{.*\})$", re.MULTILINE)


@dataclass(frozen=True)
class Keyword:
    name: str
    summary: str
    file: str


@dataclass(frozen=True)
class Reference:
    """The page, and what is in it."""

    html: str
    keywords: list[Keyword]


def reference() -> Reference:
    """The reference as this version of Robot Framework makes it."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "HttpServerLibrary.html")
        # A process of its own, because libdoc may import the library anew.
        subprocess.run([sys.executable, "-m", "robot.libdoc", "--quiet", "HttpServerLibrary", str(path)], check=True)
        html = path.read_text("utf-8")
    found = _MODEL.search(html)
    if found is None:
        raise ValueError("libdoc writes its pages in another way.")
    model = json.loads(found[1])
    keywords = [Keyword(entry["name"], entry["shortdoc"], Path(entry["source"]).stem) for entry in model["keywords"]]
    # The paths of this machine.
    for entry in [model, *model["inits"], *model["keywords"]]:
        entry["source"] = entry["lineno"] = None
    return Reference(html[: found.start(1)] + json.dumps(model) + html[found.end(1) :], keywords)


def list_of(keywords: list[Keyword]) -> str:
    """The keywords by topic, in Markdown."""
    lines = [
        "# Keywords",
        "",
        "All keywords by topic. Their arguments and examples are on the page that libdoc makes of the library: on the",
        "documentation site, or with `libdoc HttpServerLibrary keywords.html` on your machine.",
    ]
    for topic, files in TOPICS.items():
        lines += ["", f"## {topic}", "", "| Keyword | What it does |", "|---|---|"]
        lines += [
            f"| `{keyword.name}` | {_markdown(keyword.summary)} |"
            for file in files
            for keyword in keywords
            if keyword.file == file
        ]
    return "\n".join([*lines, ""])


def _markdown(summary: str) -> str:
    """Markdown for Robot Framework's own markup, as far as summaries have any."""
    return re.sub(r"\[(\S+)\|([^]]*)\]", r"[\2](\1)", summary.replace("``", "`"))


def main() -> None:
    text = list_of(reference().keywords)
    if "--print" in sys.argv:
        sys.stdout.buffer.write(text.encode())
    else:
        LIST.write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
