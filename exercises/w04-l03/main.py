"""Fetches one page twice over one connection. Run as: main.py HOST PORT [PATH]

- Connects once, and sends GET PATH (`/` where none is given) twice on that connection.
  Both requests have Host; only the second has `Connection: close`.
- Prints for each response its status line, then exactly its body. Words for people go to stderr.
- Ends as soon as the second body is complete, whether the server closes or not.
- Exit code 0 when both responses are complete; another one when a response is cut short, when
  nobody can tell where it ends, or when the server closes after the first one.
"""

import socket
import sys


class ProtocolError(Exception):
    """The server sent something that this program cannot use."""


class Connection:
    """A socket, and what was received from it and not yet used. One buffer for the whole connection."""

    def __init__(self, host, port):
        self.host, self.port = host, port
        self.socket = socket.create_connection((host, port))
        self.buffer = b""

    def send_request(self, path, more_fields=""):
        head = f"GET {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n{more_fields}\r\n"
        self.socket.sendall(head.encode())

    def receive(self):
        """Appends what the next recv() brings. Call it only in the middle of a response."""
        data = self.socket.recv(65536)
        if not data:
            raise ProtocolError("the server closed the connection before the end")
        self.buffer += data


def print_response(connection):
    """Prints one response. True when the server says that it will close the connection behind it."""
    connection.receive()
    print(f"TODO: read a response; {len(connection.buffer)} bytes of it are there", file=sys.stderr)

    # TODO 1: read the status line and the fields, up to the empty line. Take the status code,
    #         Content-Length, and whether there is "Connection: close".
    #         1xx: no response yet, read the next head.

    # TODO 2: print the status line (with sys.stdout.buffer.write, as the body).

    # TODO 3: print as many bytes as Content-Length says, and leave those behind them in the buffer.
    #         204 and 304 have no body. The connection ends before the last byte: raise ProtocolError.

    sys.stdout.buffer.flush()
    return False


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit("usage: main.py HOST PORT [PATH]")
    host, port = sys.argv[1], sys.argv[2]
    path = sys.argv[3] if len(sys.argv) == 4 else "/"

    connection = Connection(host, port)
    connection.send_request(path)
    closes = print_response(connection)
    print(f"TODO: go on after the first response; the server closes: {closes}", file=sys.stderr)

    # TODO 4: where the server says that it closes, there is no second response: raise ProtocolError.

    # TODO 5: send the second request on the same socket, with "Connection: close".
    #         Print its response.

    connection.socket.close()


try:
    main()
except (OSError, ProtocolError) as error:
    sys.exit(f"error: {error}")  # to stderr, and exit code 1
