"""HTTP/1.1 on sockets: bytes in, requests to one function, responses out."""
