"""Raw client. Run as: main.py HOST PORT

- Sends all of stdin to HOST PORT, unchanged.
- Copies every byte that comes back to stdout, as it arrives, until the server closes.
- Stdout carries the answer and nothing else; words for people go to stderr.
- Exit code 0 when the server has closed; another one when the connection is refused or reset.
"""

import sys


def talk(host, port):
    """Every OSError that leaves this function becomes a message and a non-zero exit code in main."""
    print(f"TODO: talk to {host} port {port}", file=sys.stderr)

    # TODO 1: connect (socket.create_connection, needs `import socket`).

    # TODO 2: read all of stdin as bytes (sys.stdin.buffer) and send it (sendall).

    # TODO 3: in a loop: receive bytes (recv).
    #         Nothing received: the server has closed, leave the loop.
    #         Otherwise: write the bytes to sys.stdout.buffer, and flush it.


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
