/* Fetches one page. Run as: main HOST PORT [PATH]
 *
 * - Sends one GET request for PATH ("/" where none is given), with Host, without "Connection: close".
 * - Prints exactly the body of the answer on stdout. Words for people go to stderr.
 * - Ends as soon as the body is complete, although the server keeps the connection open.
 * - Exit code 0 when the body is complete; another one when the response is cut short
 *   or when nobody can tell where it ends.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

/* Every byte that has been received and not yet used. A head must fit; a body flows through. */
struct connection {
    int fd;
    size_t used;
    char buffer[65536];
};

/* The way out when something is wrong: a message and a non-zero exit code. */
static void fail(const char *message)
{
    fprintf(stderr, "%s\n", message);
    exit(1);
}

static int connect_to(const char *host, const char *port)
{
    struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
    struct addrinfo *addresses;
    int error = getaddrinfo(host, port, &hints, &addresses);
    if (error != 0)
        fail(gai_strerror(error));
    int fd = -1;
    for (struct addrinfo *a = addresses; a != NULL && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
        if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) < 0) {
            perror("connect");
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(addresses);
    if (fd < 0)
        fail("cannot connect");
    return fd;
}

static void send_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t count = write(fd, data, length);
        if (count < 0)
            fail(strerror(errno));
        data += count;
        length -= (size_t)count;
    }
}

int main(int argc, char **argv)
{
    static struct connection connection;
    if (argc < 3 || argc > 4)
        fail("usage: main HOST PORT [PATH]");
    const char *path = argc == 4 ? argv[3] : "/";
    signal(SIGPIPE, SIG_IGN); /* A write to a closed connection is an error to report, not a reason to die. */

    connection.fd = connect_to(argv[1], argv[2]);
    fprintf(stderr, "TODO: GET %s; %zu bytes received\n", path, connection.used);

    /* TODO 1: send the request: request line, Host, empty line. Lines end with \r\n. */
    send_all(connection.fd, "", 0);

    /* TODO 2: read and append to the buffer until it holds an empty line (\r\n\r\n).
     *         Nothing read before that: fail(). Take the head out of the buffer;
     *         what follows it stays there. */

    /* TODO 3: find the status code and the value of Content-Length.
     *         1xx: no answer yet, go back to TODO 2. 204 and 304: no body.
     *         A length that is not a number, or a Transfer-Encoding: fail(). */

    /* TODO 4: print as many bytes as Content-Length says: first from the buffer, then from
     *         further reads. Nothing read before the last one: fail().
     *         No Content-Length at all: print until the server closes. */

    close(connection.fd);
    return 0;
}
