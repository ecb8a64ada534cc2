"""Fetches pages in order, over as few connections as the server allows. Run as: main.py HOST PORT PATH...

- Sends GET for each PATH, one after the other, with Host. Asks on the same connection again as long as
  the server allows it, and opens a new one where it does not.
- Prints the bodies in order and nothing else. Words for people go to stderr.
- Never waits for the server's close when it can know the end of a body by Content-Length.
  A body without Content-Length is all that comes until the close.
- Exit code 0 when all bodies are complete; another one when one is cut short.
"""

import socket
import sys


class ProtocolError(Exception):
    """The server sent something that this program cannot use."""


class Connection:
    """A socket, and what was received from it and not yet used. A new connection has an empty buffer."""

    def __init__(self, host, port):
        self.host, self.port = host, port
        self.socket = socket.create_connection((host, port))
        self.buffer = b""

    def send_request(self, path):
        head = f"GET {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n\r\n"
        self.socket.sendall(head.encode())

    def receive(self):
        """Appends what the next recv() brings; false when the server has closed the connection."""
        data = self.socket.recv(65536)
        self.buffer += data
        return data != b""


def print_response(connection):
    """Prints the body of one response. True when the connection may carry another request."""
    connection.receive()
    print(f"TODO: read a response; {len(connection.buffer)} bytes of it are there", file=sys.stderr)

    # TODO 1: read the head and print the body, as in w04-l03, but without the status line.

    # TODO 2: where there is no Content-Length, print until the server closes.
    #         Such a connection is over.

    # TODO 3: decide. "close" among the options of all Connection lines: no.
    #         HTTP/1.0 without the option "keep-alive": no. Otherwise: yes.

    return False


def main():
    if len(sys.argv) < 4:
        sys.exit("usage: main.py HOST PORT PATH...")
    host, port, *paths = sys.argv[1:]

    # TODO 4: a loop over all paths. Keep the connection where print_response allows it;
    #         close it and open another where it does not.
    connection = Connection(host, port)
    connection.send_request(paths[0])
    may_be_kept = print_response(connection)
    print(f"TODO: {len(paths) - 1} more paths; the connection may be kept: {may_be_kept}", file=sys.stderr)

    connection.socket.close()
    sys.stdout.buffer.flush()


try:
    main()
except (OSError, ProtocolError) as error:
    sys.exit(f"error: {error}")  # to stderr, and exit code 1
