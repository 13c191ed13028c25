"""Ctrl-C and test timeouts while code of the user runs in a keyword."""

from __future__ import annotations

from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import werkzeug
from robot.errors import TimeoutError as TimeoutOfTest

from HttpServerLibrary import HttpServerLibrary
from utest.helpers import LONG


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt(), TimeoutOfTest("Test timeout 1 second exceeded.")])
def test_an_interrupt_of_a_matcher_is_no_failure_of_it(interrupt: BaseException) -> None:
    def matcher(request: werkzeug.Request) -> bool:
        raise interrupt

    library = HttpServerLibrary()
    client = HTTPConnection(urlsplit(library.start_http_server()).netloc, timeout=LONG)
    client.request("GET", "/")
    client.getresponse().read()
    client.close()
    with pytest.raises(type(interrupt)) as caught:
        library.get_received_requests(matcher=matcher)
    assert caught.value is interrupt
    library.stop_all_http_servers()
