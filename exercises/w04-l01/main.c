/* Raw client. Run as: main HOST PORT
 *
 * - Sends all of stdin to HOST PORT, unchanged.
 * - Copies every byte that comes back to stdout, as it arrives, until the server closes.
 * - Stdout carries the answer and nothing else; words for people go to stderr.
 * - Exit code 0 when the server has closed; another one when the connection is refused or reset.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: main HOST PORT\n");
        return 1;
    }
    const char *host = argv[1];
    const char *port = argv[2];
    signal(SIGPIPE, SIG_IGN); /* A write to a closed connection is an error to report, not a reason to die. */

    fprintf(stderr, "TODO: talk to %s port %s\n", host, port);

    /* TODO 1: connect: getaddrinfo, socket, connect.
     *         On failure: a message on stderr (strerror(errno)), return 1. */

    /* TODO 2: read stdin (descriptor 0) until its end, and send everything.
     *         write() may take fewer bytes than it is given: go on with the rest. */

    /* TODO 3: in a loop: read from the socket into a buffer.
     *         read() returned 0: the server has closed, leave the loop.
     *         It returned -1: an error; a message on stderr, return 1.
     *         Otherwise: write as many bytes as read() returned to stdout (descriptor 1). */

    return 0;
}
