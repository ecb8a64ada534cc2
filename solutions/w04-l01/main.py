"""Raw client: stdin goes to HOST PORT as it is, every byte that comes back goes to stdout at once."""

import socket
import sys


def talk(host, port):
    with socket.create_connection((host, port)) as connection:
        # .buffer: the bytes below Python's text layer, which refuses what is no UTF-8.
        connection.sendall(sys.stdin.buffer.read())
        while True:
            # Waits until at least one byte is there, and returns what is there: often less than 4096.
            data = connection.recv(4096)
            if not data:
                return  # The server has closed: no byte will ever follow.
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: main.py HOST PORT")
    host, port = sys.argv[1], int(sys.argv[2])
    try:
        talk(host, port)
    except OSError as error:
        sys.exit(f"{host} port {port}: {error}")  # goes to stderr, exit code 1


if __name__ == "__main__":
    main()
