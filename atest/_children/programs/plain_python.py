"""Run by lifecycle.robot: the library without Robot Framework."""

import threading
from urllib.request import urlopen

from ending import join_threads

from HttpServerLibrary import HttpServerLibrary

library = HttpServerLibrary()
library.start_http_server()
library.expect_oneshot_request("/orders", method="GET")
library.respond_with_json({"id": 7}, status=201)
with urlopen(library.get_http_server_url("/orders")) as response:
    print(response.status, response.read())
library.expectations_should_be_met()
library.check_assertions()
request = library.get_received_request("/orders")
assert str(request) == "GET /orders", request
library.start_http_server(alias="other")
assert library.switch_http_server("http-1") == "other"
library.stop_http_server()
library.stop_all_http_servers()
assert library.get_received_request("/orders", server="http-1") == request
join_threads()
print("<threads:", threading.active_count(), ">")
