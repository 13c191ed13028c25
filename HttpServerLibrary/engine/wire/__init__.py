"""HTTP/1.1 on sockets: bytes in, requests to one function, responses out."""

from .limits import Limits as Limits
from .listener import Listener as Listener
