/* Fetches one page twice over one connection. Run as: main HOST PORT [PATH]
 *
 * - Connects once, and sends GET PATH ("/" where none is given) twice on that connection.
 *   Both requests have Host; only the second has "Connection: close".
 * - Prints for each response its status line, then exactly its body. Words for people go to stderr.
 * - Ends as soon as the second body is complete, whether the server closes or not.
 * - Exit code 0 when both responses are complete; another one when a response is cut short, when
 *   nobody can tell where it ends, or when the server closes after the first one.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

/* What has been received and not yet used is bytes[start..end]. One buffer for the whole connection. */
struct connection {
    int socket;
    size_t start, end;
    char bytes[65536];
};

/* The way out when something is wrong: a message on stderr and exit code 1. */
static _Noreturn void fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static void open_connection(struct connection *c, const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list;
    int error = getaddrinfo(host, port, &hints, &list);
    if (error != 0)
        fail(host, gai_strerror(error));
    c->start = c->end = 0;
    for (struct addrinfo *a = list; a; a = a->ai_next) {
        c->socket = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
        if (c->socket >= 0 && connect(c->socket, a->ai_addr, a->ai_addrlen) == 0) {
            freeaddrinfo(list);
            return;
        }
        close(c->socket);
    }
    fail("connect", strerror(errno));
}

static void send_request(struct connection *c, const char *host, const char *port,
                         const char *path, const char *more_fields)
{
    char request[4096];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s:%s\r\n%s\r\n",
                          path, host, port, more_fields);
    if (length < 0 || (size_t)length >= sizeof request)
        fail(path, "too long");
    for (int sent = 0; sent < length;) {
        ssize_t count = send(c->socket, request + sent, length - sent, 0);
        if (count < 0)
            fail("send", strerror(errno));
        sent += count;
    }
}

/* Appends what the next recv() brings. Call it only in the middle of a response. */
static void receive(struct connection *c)
{
    memmove(c->bytes, c->bytes + c->start, c->end - c->start);
    c->end -= c->start;
    c->start = 0;
    if (c->end == sizeof c->bytes)
        fail("response", "a line of the head is too long");
    ssize_t received = recv(c->socket, c->bytes + c->end, sizeof c->bytes - c->end, 0);
    if (received < 0)
        fail("recv", strerror(errno));
    if (received == 0)
        fail("response", "the server closed the connection before the end");
    c->end += received;
}

/* Prints one response. True when the server says that it will close the connection behind it. */
static bool print_response(struct connection *c)
{
    receive(c);
    fprintf(stderr, "TODO: read a response; %zu bytes of it are there\n", c->end - c->start);

    /* TODO 1: read the status line and the fields, up to the empty line. Take the status code,
     *         Content-Length, and whether there is "Connection: close".
     *         1xx: no response yet, read the next head. */

    /* TODO 2: print the status line. */

    /* TODO 3: print as many bytes as Content-Length says, and leave those behind them in the buffer.
     *         204 and 304 have no body. The connection ends before the last byte: fail(). */

    if (fflush(stdout) != 0)
        fail("stdout", strerror(errno));
    return false;
}

int main(int argc, char **argv)
{
    if (argc < 3 || argc > 4)
        fail("usage", "main HOST PORT [PATH]");
    const char *host = argv[1], *port = argv[2], *path = argc == 4 ? argv[3] : "/";
    static struct connection c;

    signal(SIGPIPE, SIG_IGN); /* a send() to a closed connection is an error to report, not a reason to die */
    open_connection(&c, host, port);
    send_request(&c, host, port, path, "");
    bool closes = print_response(&c);
    fprintf(stderr, "TODO: go on after the first response; the server closes: %d\n", closes);

    /* TODO 4: where the server says that it closes, there is no second response: fail(). */

    /* TODO 5: send the second request on the same socket, with "Connection: close".
     *         Print its response. */

    close(c.socket);
    return 0;
}
