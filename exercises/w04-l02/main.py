"""Fetches one page. Run as: main.py HOST PORT [PATH]

- Sends one GET request for PATH (`/` where none is given), with Host, without `Connection: close`.
- Prints exactly the body of the answer on stdout. Words for people go to stderr.
- Ends as soon as the body is complete, although the server keeps the connection open.
- Exit code 0 when the body is complete; another one when the response is cut short
  or when nobody can tell where it ends.
"""

import socket
import sys


class BadResponse(Exception):
    """The response is cut short, or nobody can tell where it ends."""


def fetch(host, port, path):
    """Every OSError or BadResponse that leaves this function becomes a message and exit code 1 in main."""
    with socket.create_connection((host, port)) as stream:
        buffer = b""  # every byte that has been received and not yet used
        print(f"TODO: GET {path} from {stream.getpeername()}; {len(buffer)} bytes received", file=sys.stderr)

        # TODO 1: send the request: request line, Host, empty line. Lines end with \r\n.

        # TODO 2: receive and append to the buffer until it holds an empty line (\r\n\r\n).
        #         Nothing received before that: raise BadResponse. Take the head out of the buffer;
        #         what follows it stays there.

        # TODO 3: find the status code and the value of Content-Length.
        #         1xx: no answer yet, go back to TODO 2. 204 and 304: no body.
        #         A length that is not a number, or a Transfer-Encoding: raise BadResponse.

        # TODO 4: print as many bytes as Content-Length says: first from the buffer, then from
        #         further calls of recv. Nothing received before the last one: raise BadResponse.
        #         No Content-Length at all: print until the server closes.


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit("usage: main.py HOST PORT [PATH]")
    host, port = sys.argv[1], int(sys.argv[2])
    path = sys.argv[3] if len(sys.argv) == 4 else "/"
    try:
        fetch(host, port, path)
    except (OSError, BadResponse) as error:
        sys.exit(f"{host} port {port}: {error}")  # goes to stderr, exit code 1


if __name__ == "__main__":
    main()
