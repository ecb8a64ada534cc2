"""Gets one response, then waits in the way that the third argument names. Whoever gets on prints "done"."""

import select
import signal
import socket
import sys
import threading
import time

WHILE = 0.2


def sleep_and_shut_down(connection):
    time.sleep(WHILE)
    connection.shutdown(socket.SHUT_RDWR)


def in_thread(connection):
    thread = threading.Thread(target=connection.recv, args=(100,))
    thread.start()
    thread.join()


def with_timeout(connection):
    connection.settimeout(WHILE)
    try:
        connection.recv(100)
    except TimeoutError:
        pass


def with_alarm(connection):
    def give_up(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, WHILE)
    try:
        connection.recv(100)
    except TimeoutError:
        pass


def with_sleeping_thread(connection):
    threading.Thread(target=sleep_and_shut_down, args=(connection,)).start()
    connection.recv(100)


def with_timer(connection):
    threading.Timer(WHILE, connection.shutdown, (socket.SHUT_RDWR,)).start()
    connection.recv(100)


WAYS = {
    "recv": lambda connection: connection.recv(100),
    "makefile": lambda connection: connection.makefile("rb").read(),
    "select": lambda connection: select.select([connection], [], []),
    "thread": in_thread,
    "timeout": with_timeout,
    "select-timeout": lambda connection: select.select([connection], [], [], WHILE),
    "alarm": with_alarm,
    "sleeping-thread": with_sleeping_thread,
    "timer": with_timer,
}

connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
response = b""
while not response.endswith(b"body\n"):
    response += connection.recv(4096)
WAYS[sys.argv[3]](connection)
print("done")
