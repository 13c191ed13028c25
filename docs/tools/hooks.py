"""What MkDocs adds to this site: the page of libdoc, links to it from the names of keywords, and the changelog."""

from __future__ import annotations

import functools
import re
import sys
from pathlib import Path
from urllib.parse import quote

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

# MkDocs loads this file by its path.
sys.path.insert(0, str(Path(__file__).parent))

from reference import Reference, reference

PAGE = "HttpServerLibrary.html"
CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"

# A name alone, or with arguments after it.
_CODE = re.compile(r"(?<!<pre>)<code>((?:[A-Z][a-z]+ )*[A-Z][a-z]+)(    [^<]*)?</code>(?!</a>)")


@functools.cache
def _reference() -> Reference:
    return reference()


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that are not in docs/."""
    files.append(File.generated(config, PAGE, content=_reference().html))
    changes = CHANGELOG.read_text("utf-8").replace("](docs/", "](")
    files.append(File.generated(config, "changes.md", content=changes))
    return files


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Makes each name of a keyword a link to its documentation."""
    names = {keyword.name for keyword in _reference().keywords}
    url = get_relative_url(PAGE, page.url)

    def link(found: re.Match[str]) -> str:
        name = found[1]
        return f'<a href="{url}#{quote(name)}">{found[0]}</a>' if name in names else found[0]

    return _CODE.sub(link, html)
