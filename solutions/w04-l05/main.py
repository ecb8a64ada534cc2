"""w04-l05 When the server says close: as few connections as the server allows.

    PROGRAM HOST PORT PATH...

Prints the bodies in order and nothing else. Everything else goes to stderr.
"""
import socket
import sys


class ProtocolError(Exception):
    """The server sent something that this program cannot use."""


class Connection:
    """A socket, and what was received from it and not yet used.

    The buffer belongs to the connection: the next response begins in it, and a new
    connection begins with an empty one.
    """

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

    def read_line(self):
        """The next line of a head, without its line end."""
        while b"\n" not in self.buffer:
            if not self.receive():
                raise ProtocolError("the server closed the connection before the end of a head")
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line.removesuffix(b"\r")

    def print_body(self, left):
        """Prints exactly `left` bytes, and does not ask for more: an open connection may stay silent."""
        while left > 0:
            if not self.buffer and not self.receive():
                raise ProtocolError("the server closed the connection before the end of a body")
            part, self.buffer = self.buffer[:left], self.buffer[left:]
            sys.stdout.buffer.write(part)
            left -= len(part)

    def print_until_close(self):
        """Without a length, the body is all that comes until the server closes."""
        while self.buffer or self.receive():
            sys.stdout.buffer.write(self.buffer)
            self.buffer = b""


class Head:
    """A status line and field lines, read from a connection."""

    def __init__(self, connection):
        line = connection.read_line()
        version, _, rest = line.partition(b" ")
        if not version.startswith(b"HTTP/1.") or not rest[:3].isdigit():
            raise ProtocolError(f"not a status line: {line!r}")
        self.is_http_1_0 = version == b"HTTP/1.0"
        self.status = int(rest[:3])
        self.length = None
        self.options = set()  # of all Connection lines
        while line := connection.read_line():
            self.read_field(line)

    def read_field(self, line):
        name, colon, value = line.partition(b":")
        if not colon:
            raise ProtocolError(f"a field line without a colon: {line!r}")
        name, value = name.lower(), value.strip(b" \t")
        if name == b"content-length":
            # bytes.isdigit() knows only 0 to 9; int() alone would also take "+6" and "1_0".
            if not value.isdigit():
                raise ProtocolError(f"not a Content-Length: {value!r}")
            self.length = int(value)
        elif name == b"transfer-encoding":
            raise ProtocolError("Transfer-Encoding is not understood yet")
        elif name == b"connection":
            # A comma-separated list of options in any case (RFC 9110 section 7.6.1);
            # several lines are one list.
            self.options.update(option.strip(b" \t") for option in value.lower().split(b","))

    def has_body(self):
        return self.status not in (204, 304)

    def allows_reuse(self):
        if b"close" in self.options:
            return False
        return not self.is_http_1_0 or b"keep-alive" in self.options


def print_response(connection):
    """Prints the body of one response; says whether the connection may carry another request."""
    head = Head(connection)
    while head.status < 200:  # 1xx: the response is still to come
        head = Head(connection)
    if head.has_body() and head.length is None:
        connection.print_until_close()
        return False
    if head.has_body():
        connection.print_body(head.length)
    return head.allows_reuse()


def main():
    if len(sys.argv) < 4:
        sys.exit("usage: PROGRAM HOST PORT PATH...")
    host, port, *paths = sys.argv[1:]

    connection = None
    for path in paths:
        if connection is None:
            connection = Connection(host, port)
        connection.send_request(path)
        if not print_response(connection):
            connection.socket.close()  # now, not when the server does
            connection = None
        sys.stdout.buffer.flush()


try:
    main()
except (OSError, ProtocolError) as error:
    sys.exit(f"error: {error}")  # to stderr, and exit code 1
