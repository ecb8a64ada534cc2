"""w04-l03 Keep-alive semantics: two requests, one connection.

    PROGRAM HOST PORT [PATH]

Prints the status line and the body of each response. Everything else goes to stderr.
"""
import socket
import sys


class ProtocolError(Exception):
    """The server sent something that this program cannot use."""


class Connection:
    """A socket, and what was received from it and not yet used.

    The buffer belongs to the connection, not to a response: whatever one response
    leaves behind is where the next begins.
    """

    def __init__(self, host, port):
        self.host, self.port = host, port
        self.socket = socket.create_connection((host, port))
        self.buffer = b""

    def send_request(self, path, more_fields=""):
        head = f"GET {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n{more_fields}\r\n"
        self.socket.sendall(head.encode())

    def receive(self):
        """Appends what the next recv() brings. Only called in the middle of a response."""
        data = self.socket.recv(65536)
        if not data:
            raise ProtocolError("the server closed the connection before the end")
        self.buffer += data

    def read_line(self):
        """The next line of a head, without its line end."""
        while b"\n" not in self.buffer:
            self.receive()
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line.removesuffix(b"\r")

    def print_body(self, left):
        """Prints exactly `left` bytes: first what is in the buffer already, then what comes."""
        while left > 0:
            if not self.buffer:
                self.receive()
            part = self.buffer[:left]
            self.buffer = self.buffer[left:]  # the rest belongs to the next response
            sys.stdout.buffer.write(part)
            left -= len(part)


def parse_status(line):
    version, _, rest = line.partition(b" ")
    code = rest[:3]
    if not version.startswith(b"HTTP/1.") or len(code) != 3 or not code.isdigit():
        raise ProtocolError(f"not a status line: {line!r}")
    return int(code)


def read_fields(connection):
    """The fields of a head, names in lower case."""
    fields = {}
    while line := connection.read_line():
        name, colon, value = line.partition(b":")
        if not colon:
            raise ProtocolError(f"a field line without a colon: {line!r}")
        fields[name.lower()] = value.strip(b" \t")
    return fields


def body_length(status, fields):
    if status in (204, 304):
        return 0  # no body, whatever the fields say
    length = fields.get(b"content-length", b"")
    # bytes.isdigit() knows only 0 to 9; int() alone would also take "+6" and "1_0".
    if b"transfer-encoding" in fields or not length.isdigit():
        raise ProtocolError("no usable Content-Length: the end of the response cannot be found")
    return int(length)


def print_response(connection):
    """Prints one response; says whether the server will close the connection behind it."""
    status = 100
    while status < 200:  # 1xx: the response is still to come
        status_line = connection.read_line()
        status = parse_status(status_line)
        fields = read_fields(connection)
    length = body_length(status, fields)
    sys.stdout.buffer.write(status_line + b"\n")
    connection.print_body(length)
    sys.stdout.buffer.flush()
    return fields.get(b"connection", b"").lower() == b"close"


def main():
    if not 3 <= len(sys.argv) <= 4:
        sys.exit("usage: PROGRAM HOST PORT [PATH]")
    host, port = sys.argv[1], sys.argv[2]
    path = sys.argv[3] if len(sys.argv) == 4 else "/"

    connection = Connection(host, port)
    connection.send_request(path)
    if print_response(connection):
        raise ProtocolError("the server closes after the first response")
    connection.send_request(path, "Connection: close\r\n")
    print_response(connection)
    connection.socket.close()


try:
    main()
except (OSError, ProtocolError) as error:
    sys.exit(f"error: {error}")  # to stderr, and exit code 1
