"""Run by lifecycle.robot: ends without stopping its server."""

from HttpServerLibrary import HttpServerLibrary

print(HttpServerLibrary(timeout="1 second", auto_check="OFF").start_http_server(port=0))
