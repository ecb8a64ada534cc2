"""Fetches one page and prints exactly its body, without waiting for the server to close."""

import socket
import sys

MAX_HEAD_BYTES = 1 << 20  # no memory without end for a server whose head has none


class BadResponse(Exception):
    """The response is cut short, or nobody can tell where it ends."""


class Connection:
    """The one place where received bytes wait: read ones go in at the back, used ones leave at the front."""

    def __init__(self, stream):
        self.stream = stream
        self.buffer = b""

    def receive(self):
        """Appends what arrives next; False when the server has closed."""
        data = self.stream.recv(4096)
        self.buffer += data
        return bool(data)

    def read_head(self):
        """Takes the head from the buffer; what follows it stays there."""
        # The whole buffer is searched: the empty line may have come in two reads.
        while (end := self.buffer.find(b"\r\n\r\n")) < 0:
            if len(self.buffer) > MAX_HEAD_BYTES:
                raise BadResponse("the head has no end")
            if not self.receive():
                raise BadResponse("the connection ended before the head was complete")
        head, self.buffer = self.buffer[:end], self.buffer[end + 4 :]
        return parse_head(head)

    def print_exactly(self, length):
        left = length
        while left > 0:
            # Ask for more only when something is missing: a needless recv waits for ever.
            if not self.buffer and not self.receive():
                raise BadResponse(f"the body was cut: {left} of {length} bytes are missing")
            part, self.buffer = self.buffer[:left], self.buffer[left:]
            sys.stdout.buffer.write(part)
            left -= len(part)

    def print_to_end(self):
        sys.stdout.buffer.write(self.buffer)
        self.buffer = b""
        while self.receive():
            sys.stdout.buffer.write(self.buffer)
            self.buffer = b""


def parse_head(head):
    """Returns the status code and the fields: (lower-case name, value), both bytes (RFC 9112 sections 4 and 5)."""
    status_line, *lines = head.split(b"\r\n")
    code = status_line[9:12]
    if not status_line.startswith(b"HTTP/1.") or len(code) < 3 or not code.isdigit():
        raise BadResponse("this is not an HTTP/1.x response")
    fields = []
    for line in lines:
        name, colon, value = line.partition(b":")  # the name ends at the first colon
        fields.append((name.lower(), value.strip(b" \t")))
    return int(code), fields


def body_length(status, fields):
    """The number of body bytes, or None where the body ends when the server closes (RFC 9112 section 6.3)."""
    if status in (204, 304):
        return 0  # never a body, whatever the fields say
    if any(name == b"transfer-encoding" for name, _ in fields):
        raise BadResponse("the body has a transfer coding, which this program does not know")
    lengths = set()
    for name, value in fields:
        if name == b"content-length":
            if not value.isdigit():  # int() alone would take "+6" and "1_0"
                raise BadResponse("Content-Length is not a number")
            lengths.add(int(value))
    if len(lengths) > 1:
        raise BadResponse("two different values of Content-Length")
    return lengths.pop() if lengths else None


def fetch(host, port, path):
    with socket.create_connection((host, port)) as stream:
        host_field = host if port == 80 else f"{host}:{port}"
        stream.sendall(f"GET {path} HTTP/1.1\r\nHost: {host_field}\r\n\r\n".encode())
        connection = Connection(stream)
        status, fields = connection.read_head()
        while 100 <= status < 200:  # 1xx: the answer is still to come
            status, fields = connection.read_head()
        length = body_length(status, fields)
        if length is None:
            connection.print_to_end()
        else:
            connection.print_exactly(length)
        sys.stdout.buffer.flush()


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
