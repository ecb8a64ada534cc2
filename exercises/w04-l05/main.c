/* Fetches pages in order, over as few connections as the server allows. Run as: main HOST PORT PATH...
 *
 * - Sends GET for each PATH, one after the other, with Host. Asks on the same connection again as long as
 *   the server allows it, and opens a new one where it does not.
 * - Prints the bodies in order and nothing else. Words for people go to stderr.
 * - Never waits for the server's close when it can know the end of a body by Content-Length.
 *   A body without Content-Length is all that comes until the close.
 * - Exit code 0 when all bodies are complete; another one when one is cut short.
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

/* What has been received and not yet used is bytes[start..end]. Opening a connection empties it. */
struct connection {
    int socket; /* -1 while there is none */
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
                         const char *path)
{
    char request[4096];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s:%s\r\n\r\n",
                          path, host, port);
    if (length < 0 || (size_t)length >= sizeof request)
        fail(path, "too long");
    for (int sent = 0; sent < length;) {
        ssize_t count = send(c->socket, request + sent, length - sent, 0);
        if (count < 0)
            fail("send", strerror(errno));
        sent += count;
    }
}

/* Appends what the next recv() brings; false when the server has closed the connection. */
static bool receive(struct connection *c)
{
    memmove(c->bytes, c->bytes + c->start, c->end - c->start);
    c->end -= c->start;
    c->start = 0;
    if (c->end == sizeof c->bytes)
        fail("response", "a line of the head is too long");
    ssize_t received = recv(c->socket, c->bytes + c->end, sizeof c->bytes - c->end, 0);
    if (received < 0)
        fail("recv", strerror(errno));
    c->end += received;
    return received > 0;
}

/* Prints the body of one response. True when the connection may carry another request. */
static bool print_response(struct connection *c)
{
    receive(c);
    fprintf(stderr, "TODO: read a response; %zu bytes of it are there\n", c->end - c->start);

    /* TODO 1: read the head and print the body, as in w04-l03, but without the status line. */

    /* TODO 2: where there is no Content-Length, print until the server closes.
     *         Such a connection is over. */

    /* TODO 3: decide. "close" among the options of all Connection lines: no.
     *         HTTP/1.0 without the option "keep-alive": no. Otherwise: yes. */

    return false;
}

int main(int argc, char **argv)
{
    if (argc < 4)
        fail("usage", "main HOST PORT PATH...");
    const char *host = argv[1], *port = argv[2];
    static struct connection c = {.socket = -1};

    signal(SIGPIPE, SIG_IGN); /* a send() to a closed connection is an error to report, not a reason to die */

    /* TODO 4: a loop over all paths. Keep the connection where print_response() allows it;
     *         close it and open another where it does not. */
    open_connection(&c, host, port);
    send_request(&c, host, port, argv[3]);
    bool may_be_kept = print_response(&c);
    fprintf(stderr, "TODO: %d more paths; the connection may be kept: %d\n", argc - 4, may_be_kept);

    close(c.socket);
    if (fflush(stdout) != 0)
        fail("stdout", strerror(errno));
    return 0;
}
