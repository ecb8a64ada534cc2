/* Raw client: stdin goes to HOST PORT as it is, every byte that comes back goes to stdout at once. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns a connected socket, or -1 after a message. */
static int connect_to(const char *host, const char *port)
{
    struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
    struct addrinfo *addresses;
    int error = getaddrinfo(host, port, &hints, &addresses);
    if (error != 0) {
        fprintf(stderr, "%s port %s: %s\n", host, port, gai_strerror(error));
        return -1;
    }
    int fd = -1;
    for (struct addrinfo *a = addresses; a != NULL; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
        if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) == 0)
            break;
        fprintf(stderr, "%s port %s: %s\n", host, port, strerror(errno));
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    freeaddrinfo(addresses);
    return fd;
}

/* write() may take fewer bytes than it is given: go on with the rest. */
static int write_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t count = write(fd, data, length);
        if (count < 0)
            return -1;
        data += count;
        length -= (size_t)count;
    }
    return 0;
}

/* Copies bytes from one descriptor to another until the first one ends. */
static int copy(int from, int to)
{
    char buffer[4096];
    for (;;) {
        /* Waits until at least one byte is there, and returns what is there: often less than 4096. */
        ssize_t count = read(from, buffer, sizeof buffer);
        if (count <= 0)
            return (int)count; /* 0: the end, no byte will ever follow; -1: an error */
        if (write_all(to, buffer, (size_t)count) < 0)
            return -1;
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: main HOST PORT\n");
        return 1;
    }
    signal(SIGPIPE, SIG_IGN); /* A write to a closed connection is an error to report, not a reason to die. */

    int fd = connect_to(argv[1], argv[2]);
    if (fd < 0)
        return 1;
    if (copy(STDIN_FILENO, fd) < 0 || copy(fd, STDOUT_FILENO) < 0) {
        fprintf(stderr, "%s port %s: %s\n", argv[1], argv[2], strerror(errno));
        return 1;
    }
    close(fd);
    return 0;
}
