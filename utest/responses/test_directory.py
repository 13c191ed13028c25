"""Files below a directory: which ones are served, and that no other ones are."""

from __future__ import annotations

import errno
import http.client
import ntpath
import os
import socket
from collections.abc import Callable
from itertools import product
from pathlib import Path, PureWindowsPath
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from HttpServerLibrary.engine.errors import UsageError
from HttpServerLibrary.engine.expectations.expectation import Draft, Rank
from HttpServerLibrary.engine.expectations.turns import Turn
from HttpServerLibrary.engine.matching.description import RequestDescription
from HttpServerLibrary.engine.matching.path import Below, Method
from HttpServerLibrary.engine.message.request import Request
from HttpServerLibrary.engine.responses.directory import Directory, is_name
from HttpServerLibrary.engine.responses.file import File
from HttpServerLibrary.engine.responses.occasion import Occasion
from HttpServerLibrary.engine.responses.responder import ResponseFailed
from HttpServerLibrary.engine.server import HttpServer
from utest.helpers import LONG, Sent

SECRET: Final = b"SECRET"
NO_FILE: Final = Sent(404, (("Content-Type", "text/plain; charset=utf-8"),), b"There is no such file.\n")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A directory, with others beside it that must not be served."""
    site = tmp_path / "site"
    for name, content in {
        "index.html": "<p>root</p>",
        "app.js": "js",
        "sub/index.html": "<p>sub</p>",
        "sub/deep/a.txt": "a",
        ".hidden/.file": "hidden",
        "no index/ä+%41 .txt": "ä",
        "../secret.txt": SECRET.decode(),
        "../site-too/secret.txt": SECRET.decode(),
        "../secret/index.html": SECRET.decode(),
    }.items():
        file = site / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    (site / "empty").mkdir()
    return site


def ask(directory: Directory | File, target: str, method: str = "GET", **headers: str) -> Sent:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    response = directory.respond(Occasion(Request.of(method, target, fields)))
    try:
        body = b"".join(response.pieces())
        assert response.length == len(body)
        return Sent(response.status, response.headers, body)
    finally:
        response.close()


@pytest.mark.parametrize(
    ("target", "content_type", "body"),
    [
        ("/app/", "text/html", "<p>root</p>"),
        ("/app/index.html", "text/html", "<p>root</p>"),
        ("/app/app.js", "text/javascript", "js"),
        ("/app/app.js?v=2", "text/javascript", "js"),
        ("/app/%61pp%2Ejs", "text/javascript", "js"),
        ("/%61pp/app.js", "text/javascript", "js"),
        ("http://other.example/app/app.js", "text/javascript", "js"),
        ("/app/sub/", "text/html", "<p>sub</p>"),
        ("/app/sub/deep/a.txt", "text/plain", "a"),
        ("/app/.hidden/.file", "application/octet-stream", "hidden"),
        ("/app/no%20index/%C3%A4+%2541%20.txt", "text/plain", "ä"),
    ],
)
def test_files(site: Path, target: str, content_type: str, body: str) -> None:
    sent = ask(Directory("/app", site), target)
    assert (sent.status, sent.headers[0], sent.body.decode()) == (200, ("Content-Type", content_type), body)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Range": "bytes=1-"}, 206),
        ({"Range": "bytes=7-"}, 416),
        ({"If_None_Match": "*"}, 304),
        ({"If_Match": '"other"'}, 412),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_file_is_answered_as_by_itself(site: Path, headers: dict[str, str], status: int, method: str) -> None:
    alone = ask(File(site / "app.js"), "/", method, **headers)
    assert ask(Directory("/app", site), "/app/app.js", method, **headers) == alone
    assert alone.status == (200 if method == "HEAD" and "Range" in headers else status)


@pytest.mark.parametrize(
    "target",
    [
        "/app/missing",
        "/app/sub/missing",
        "/app/missing/",
        "/app/app.js/",
        "/app/app.js/x",
        "/app/empty",
        "/app/empty/",
        "/app/no%20index",
        "/app/no%20index/",
        "/app/APP.JS/..",
        "/app//app.js",
        "/app/sub//deep/a.txt",
        "/app/sub//",
        f"/app/{'a' * 300}",
        f"/app/{'a/' * 3000}",
        "/app/%FF%FE",
        "/app/app.js%00",
        "/app/app.js%00.txt",
        "/app/app.js.",
        "/app/app.js%20",
        "/app/app.js::$DATA",
        "/app/app.js%3A%3A%24DATA",
    ],
)
def test_no_file(site: Path, target: str) -> None:
    assert ask(Directory("/app", site), target) == NO_FILE


@pytest.mark.parametrize(
    ("base", "target", "location"),
    [
        ("/app", "/app", "/app/"),
        ("/app", "/app?a=1&b", "/app/?a=1&b"),
        ("/app", "/app/sub", "/app/sub/"),
        ("/app", "/%61pp/s%75b?x", "/%61pp/s%75b/?x"),
        ("/", "/sub", "/sub/"),
        ("/app", "http://other.example/app/sub", "/app/sub/"),
    ],
)
def test_a_directory_is_redirected_to_its_path_with_a_slash(site: Path, base: str, target: str, location: str) -> None:
    assert ask(Directory(base, site), target) == (302, (("Location", location),), b"")


def test_no_redirect_leads_to_another_host(site: Path) -> None:
    assert ask(Directory("/", site), "//sub") == NO_FILE


def test_another_index(site: Path) -> None:
    directory = Directory("/app", site, index="app.js")
    assert ask(directory, "/app/").body == b"js"
    assert ask(directory, "/app/sub") == NO_FILE


def test_no_index(site: Path) -> None:
    directory = Directory("/app", site, index=None)
    assert ask(directory, "/app/") == ask(directory, "/app") == NO_FILE
    assert ask(directory, "/app/index.html").status == 200


@pytest.mark.parametrize("target", ["/app/orders/7", "/app/orders/", "/app/missing.js", "/app/empty/", "/app/empty"])
def test_the_fallback(site: Path, target: str) -> None:
    fallback = Directory("/app", site, fallback="sub/index.html")
    sent = ask(fallback, target)
    assert (sent.status, sent.headers[0], sent.body) == (200, ("Content-Type", "text/html"), b"<p>sub</p>")
    assert ask(fallback, "/app/app.js").body == b"js"
    assert ask(fallback, "/app/sub").status == 302
    assert ask(fallback, "/app/../secret.txt") == NO_FILE, "it is no path of the application"


def test_files_are_those_that_are_there_when_the_request_comes(tmp_path: Path) -> None:
    directory = Directory("/app", tmp_path)
    assert ask(directory, "/app/new.txt") == NO_FILE
    (tmp_path / "new.txt").write_text("new")
    assert ask(directory, "/app/new.txt").body == b"new"


# Every way to write dots, slashes and NUL that some server was once deceived by.
DOTS: Final = ["..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "%c0%ae%c0%ae", "%e0%80%ae%e0%80%ae", "%u002e%u002e"]
SLASHES: Final = ["/", "%2f", "%5c", "\\", "%252f", "%255c", "%c0%af", "%c1%9c", "%e0%80%af", "//", "%00/", "/%00"]


def traversals() -> list[str]:
    found = [f"/app/{dots}{slash}secret.txt" for dots in DOTS for slash in SLASHES]
    found += [f"/app/sub{slash}{dots}{slash}{dots}{slash}secret.txt" for dots in DOTS for slash in SLASHES]
    found += [f"/app{slash}{dots}{slash}site-too{slash}secret.txt" for dots in DOTS for slash in SLASHES]
    return found


def absolute(site: Path) -> list[str]:
    secret = site.parent / "secret.txt"
    return [
        f"/app/{secret}",
        f"/app{secret}",
        f"/app/%2f{str(secret)[1:]}",
        f"/app/{str(secret).replace('/', '%2f')}",
        f"/app/file://{secret}",
        f"/app/C:{secret}",
        "/app/C:%5csecret.txt",
        "/app/%5c%5chost%5cshare%5csecret.txt",
        "/app///host/share/secret.txt",
        "/app/~/secret.txt",
        "/app/../site-too/secret.txt",
        "/app/..",
        "/app/../",
        "/app/.",
        "/app/./",
        "/app/./app.js",
        "/app/sub/../app.js",
        "/app/sub/../../secret/",
        "/app/%2e%2e/secret",
    ]


def test_no_path_leads_outside(site: Path) -> None:
    directory = Directory("/app", site)
    for target in [*traversals(), *absolute(site)]:
        assert ask(directory, target) == NO_FILE, target


def test_no_path_that_comes_over_the_wire_leads_outside(running: HttpServer, site: Path) -> None:
    description = RequestDescription.of_fields(Below("/app"), Method("GET,HEAD"))
    running.book.register_all([Draft(description, [Turn(Directory("/app", site))], rank=Rank.SERVED)])
    statuses = set()
    for target in [*traversals(), *absolute(site)]:
        with socket.create_connection(("127.0.0.1", running.port), LONG) as connection:
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode("latin-1"))
            response = http.client.HTTPResponse(connection)
            response.begin()
            assert SECRET not in response.read(), target
            statuses.add(response.status)
    # Some are not even targets of HTTP, and some are not below the path.
    assert statuses == {400, 404, 500}


PIECES: Final = [*DOTS, *SLASHES, "secret.txt", "site-too", "site", "sub", "out", "up", "loop", "again", ".", ""]


def test_no_path_of_any_pieces_leads_outside(linked: Path) -> None:
    directory = Directory("/app", linked)

    @given(st.lists(st.sampled_from(PIECES), max_size=9))
    def check(pieces: list[str]) -> None:
        assert SECRET not in ask(directory, "/app/" + "".join(pieces)).body

    check()


@pytest.fixture
def linked(site: Path) -> Path:
    """A directory with links."""
    for name, target in {
        "out": "../secret.txt",
        "up": "..",
        "too": str(site.parent / "site-too"),
        "loop": "loop",
        "one": "two",
        "two": "one",
        "gone": "nowhere",
        "sub/again": "..",
        "section": "sub",
        "absolute.txt": str(site / "sub" / "deep" / "a.txt"),
        "relative.txt": "sub/../sub/deep/a.txt",
        "there and back.txt": "../site/app.js",
    }.items():
        (site / name).symlink_to(target)
    return site


@pytest.mark.parametrize(
    "path", ["out", "up", "up/", "up/secret.txt", "too/secret.txt", "sub/again/out", "loop", "loop/a", "one", "gone"]
)
def test_a_link_that_does_not_lead_to_a_file_inside_is_no_file(linked: Path, path: str) -> None:
    assert ask(Directory("/app", linked), f"/app/{path}") == NO_FILE


@pytest.mark.parametrize(
    ("path", "content_type", "body"),
    [
        ("absolute.txt", "text/plain", b"a"),
        ("relative.txt", "text/plain", b"a"),
        # The type is that of the name that was asked for.
        ("there%20and%20back.txt", "text/plain", b"js"),
        ("section/", "text/html", b"<p>sub</p>"),
        ("section/deep/a.txt", "text/plain", b"a"),
        ("sub/again/sub/again/app.js", "text/javascript", b"js"),
        ("up/site/app.js", "text/javascript", b"js"),
    ],
)
def test_a_link_inside_is_followed(linked: Path, path: str, content_type: str, body: bytes) -> None:
    sent = ask(Directory("/app", linked), f"/app/{path}")
    assert (sent.status, sent.headers[0], sent.body) == (200, ("Content-Type", content_type), body)


def test_the_directory_may_be_a_link_that_changes(linked: Path) -> None:
    current = linked.parent / "current"
    current.symlink_to("site")
    directory = Directory("/app", current)
    assert ask(directory, "/app/absolute.txt").body == b"a"
    current.unlink()
    current.symlink_to("site-too")
    assert ask(directory, "/app/secret.txt").body == SECRET
    assert ask(directory, "/app/absolute.txt") == NO_FILE


def test_the_directory_may_be_the_root_of_the_file_system(linked: Path) -> None:
    directory = Directory("/app", linked.anchor)
    assert directory.name == linked.anchor
    assert ask(directory, f"/app{linked}/app.js").body == b"js"
    assert ask(directory, f"/app{linked}/out").body == SECRET


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_what_is_no_regular_file_is_no_file(site: Path) -> None:
    os.mkfifo(site / "pipe")
    (site / "null").symlink_to("/dev/null")
    with socket.socket(socket.AF_UNIX) as listener:
        # Its name may be too long for a socket.
        here = os.open(site, os.O_RDONLY)
        try:
            listener.bind(f"/proc/self/fd/{here}/socket")
        finally:
            os.close(here)
        for path in ("pipe", "null", "socket"):
            assert ask(Directory("/app", site), f"/app/{path}") == NO_FILE


@pytest.mark.parametrize("name", ["a", ".a", "..a", "a..b", "...", "a b", "ä", "-", "~", "%2e"])
def test_names(name: str) -> None:
    assert is_name(name, on_windows=False)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/", "a\0", None, 7])
def test_what_is_no_name(name: object) -> None:
    assert not is_name(name, on_windows=False)
    assert not is_name(name, on_windows=True)


@pytest.mark.parametrize(
    "name",
    [
        *("a\\b", "C:", "C:a", "a:b", "a.", "a ", "..\\a", "\\\\host\\a", "a.txt::$DATA", "*", "a?", "<", '"', "a\tb"),
        *("NUL", "con", "aux.txt", "COM1 .a", "lpt\xb9", "CONIN$.a.b"),
    ],
)
def test_names_that_mean_something_else_on_windows(name: str) -> None:
    assert is_name(name, on_windows=False)
    assert not is_name(name, on_windows=True)


@pytest.mark.parametrize("name", ["NULL", "a con", "icon", "com", "COM10.txt", "a~1", "PROGRA~1", "a.b c", ".a", "ä"])
def test_names_on_windows(name: str) -> None:
    assert is_name(name, on_windows=True)


NASTY: Final = ("a", ".", " ", "\\", "/", ":", "*", "?", "~1", "\0", "\n", "NUL", "con", "com\xb9", "$DATA")


def test_each_name_is_that_of_an_entry_of_the_directory_on_windows() -> None:
    """By the rules that Python has for the paths of Windows."""
    names = {"".join(parts) for count in range(1, 5) for parts in product(NASTY, repeat=count)}
    accepted = [name for name in names if is_name(name, on_windows=True)]
    assert "a~1.a" in accepted
    for name in accepted:
        path = PureWindowsPath(f"C:\\site\\{name}")
        assert path.parts == ("C:\\", "site", name)
        assert ntpath.normpath(path) == str(path)
        assert ntpath.splitdrive(name) == ("", name)
        assert not is_reserved(name)


def is_reserved(name: str) -> bool:
    known = getattr(ntpath, "isreserved", None)
    # New in Python 3.13; the method is deprecated since then, and knows less.
    return bool(PureWindowsPath(name).is_reserved() if known is None else known(name))


def raising(error: OSError) -> Callable[..., Any]:
    def fail(*arguments: object, **named: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(24, "Too many open files")])
@pytest.mark.parametrize("function", ["open", "lstat"])
def test_a_file_that_cannot_be_read_is_a_problem(
    site: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, function: str
) -> None:
    directory = Directory("/app", site, fallback="index.html")
    monkeypatch.setattr(os, function, raising(error))
    with pytest.raises(ResponseFailed) as caught:
        ask(directory, "/app/app.js")
    assert str(caught.value) == f"the file app.js cannot be read: {error.strerror}"


@pytest.mark.parametrize("number", [errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ])
def test_a_name_that_the_system_does_not_have(site: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """As for one that is not UTF-8 on macOS."""
    lstat = os.lstat

    def look(path: Any) -> os.stat_result:
        if Path(path).name == "app.js":
            raise OSError(number, "as said")
        return lstat(path)

    directory = Directory("/app", site)
    monkeypatch.setattr(os, "lstat", look)
    assert ask(directory, "/app/app.js") == NO_FILE


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="the system cannot open a file without following links")
@pytest.mark.parametrize("name", ["app.js", "link.js"])
def test_a_file_that_becomes_a_link_at_the_last_moment(site: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (site / "link.js").symlink_to("app.js")
    really_open = os.open

    def swap(path: Any, *arguments: Any, **named: Any) -> int:
        (site / "app.js").unlink()
        (site / "app.js").symlink_to("../secret.txt")
        return really_open(path, *arguments, **named)

    directory = Directory("/app", site)
    monkeypatch.setattr(os, "open", swap)
    assert ask(directory, f"/app/{name}") == NO_FILE


def test_a_directory_that_is_gone_is_a_problem(site: Path) -> None:
    directory = Directory("/app", site)
    site.rename(site.with_name("elsewhere"))
    with pytest.raises(ResponseFailed) as caught:
        ask(directory, "/app/app.js")
    assert str(caught.value) == "the directory site does not exist"


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="the system has no such files")
def test_a_file_that_the_system_makes_while_it_is_read_is_a_problem() -> None:
    with pytest.raises(ResponseFailed) as caught:
        ask(Directory("/app", "/proc"), "/app/version")
    assert str(caught.value) == (
        "the file version has no size, because the system generates its content on reading; send a copy of it"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"directory": "missing"},
            "directory: 'missing' does not exist. A relative path is resolved against '{here}'.",
        ),
        ({"directory": "{here}/missing"}, "directory: '{here}/missing' does not exist."),
        (
            {"directory": "secret.txt"},
            "directory: 'secret.txt' is not a directory. To send one file, use 'Respond With File'.",
        ),
        ({"directory": "a\0b"}, "directory: 'a\\x00b' has a name that no file can have."),
        ({"directory": None}, "directory: a path is needed, not NoneType: None."),
        ({"directory": 7}, "directory: a path is needed, not int: 7."),
        ({"index": "a/b"}, "index: the name of a file such as index.html is needed, not 'a/b'."),
        ({"index": ""}, "index: the name of a file such as index.html is needed, not ''."),
        ({"index": 7}, "index: the name of a file such as index.html is needed, not 7."),
        ({"fallback": "missing.html"}, "fallback: the directory 'site' has no file 'missing.html'."),
        ({"fallback": "sub"}, "fallback: the directory 'site' has no file 'sub'."),
        (
            {"fallback": "../secret.txt"},
            "fallback: the path of a file inside the directory is needed, such as index.html, not '../secret.txt'.",
        ),
        (
            {"fallback": Path("/etc/passwd")},
            "fallback: the path of a file inside the directory is needed, such as index.html, not '/etc/passwd'.",
        ),
        (
            {"fallback": ""},
            "fallback: the path of a file inside the directory is needed, such as index.html, not ''.",
        ),
        (
            {"fallback": 7},
            "fallback: the path of a file inside the directory is needed, such as index.html, not 7.",
        ),
    ],
)
def test_bad_arguments_fail_at_once(
    site: Path, monkeypatch: pytest.MonkeyPatch, arguments: dict[str, Any], message: str
) -> None:
    here = site.parent
    monkeypatch.chdir(here)
    chosen = {"directory": "site", **arguments}
    if isinstance(chosen["directory"], str):
        chosen["directory"] = chosen["directory"].replace("{here}", str(here))
    with pytest.raises(UsageError) as caught:
        Directory("/app", **chosen)
    assert str(caught.value) == message.replace("{here}", str(here))


def test_a_fallback_outside_by_a_link(linked: Path) -> None:
    with pytest.raises(UsageError) as caught:
        Directory("/app", linked, fallback="out")
    assert str(caught.value) == "fallback: the directory 'site' has no file 'out'."


def test_a_fallback_that_cannot_be_read(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "open", raising(PermissionError(13, "Permission denied")))
    with pytest.raises(UsageError) as caught:
        Directory("/app", site, fallback="app.js")
    assert str(caught.value) == "fallback: the file app.js cannot be read: Permission denied."


def test_a_directory_that_cannot_be_read(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "scandir", raising(PermissionError(13, "Permission denied")))
    with pytest.raises(UsageError) as caught:
        Directory("/app", site)
    assert str(caught.value) == f"directory: '{site}' cannot be read: Permission denied."
