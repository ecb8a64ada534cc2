/* Fetches one page and prints exactly its body, without waiting for the server to close. */
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

/* The one place where received bytes wait: read ones go in at the back, used ones leave at the front.
   A head must fit; a body flows through. */
struct connection {
    int fd;
    size_t used;
    char buffer[65536];
};

static const int64_t UNTIL_CLOSE = -1;

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

static void send_request(int fd, const char *host, const char *port, const char *path)
{
    char request[8192];
    int has_default_port = strcmp(port, "80") == 0;
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s%s%s\r\n\r\n",
                          path, host, has_default_port ? "" : ":", has_default_port ? "" : port);
    if (length < 0 || (size_t)length >= sizeof request)
        fail("the path is too long");
    send_all(fd, request, (size_t)length);
}

/* Appends what arrives next; returns how much that is, 0 when the server has closed. */
static size_t receive(struct connection *c)
{
    ssize_t count = read(c->fd, c->buffer + c->used, sizeof c->buffer - c->used);
    if (count < 0)
        fail(strerror(errno));
    c->used += (size_t)count;
    return (size_t)count;
}

/* Takes used bytes from the front of the buffer; the rest moves up. */
static void consume(struct connection *c, size_t length)
{
    c->used -= length;
    memmove(c->buffer, c->buffer + length, c->used);
}

/* Reads until the head is whole and returns its length, the empty line included. */
static size_t read_head(struct connection *c)
{
    for (;;) {
        /* The whole buffer is searched: the empty line may have come in two reads. */
        for (size_t end = 4; end <= c->used; end++)
            if (memcmp(c->buffer + end - 4, "\r\n\r\n", 4) == 0)
                return end;
        if (c->used == sizeof c->buffer)
            fail("the head is too long");
        if (receive(c) == 0)
            fail("the connection ended before the head was complete");
    }
}

/* Decimal digits and nothing else: no sign, no overflow. */
static int64_t parse_digits(const char *text, size_t length)
{
    int64_t number = 0;
    if (length == 0)
        fail("a number is missing");
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            fail("this is not a number");
        if (number > (INT64_MAX - 9) / 10)
            fail("a number is too large");
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

/* The code of "HTTP/1.1 200 OK". The words behind it are for people. */
static int parse_status(const char *head, size_t length)
{
    if (length < 12 || memcmp(head, "HTTP/1.", 7) != 0)
        fail("this is not an HTTP/1.x response");
    return (int)parse_digits(head + 9, 3);
}

static int is_named(const char *line, size_t length, const char *name)
{
    return length == strlen(name) && strncasecmp(line, name, length) == 0;
}

/* White space around a value; the CR belongs to the line end. */
static int is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

/* Where the body ends (RFC 9112 section 6.3): its length, or UNTIL_CLOSE. */
static int64_t find_body_length(const char *head, size_t head_length, int status)
{
    int64_t length = UNTIL_CLOSE;
    if (status == 204 || status == 304)
        return 0; /* never a body, whatever the fields say */
    const char *empty_line = head + head_length - 2;
    for (const char *line = head, *end; line < empty_line; line = end + 1) {
        end = memchr(line, '\n', (size_t)(empty_line - line));
        const char *colon = memchr(line, ':', (size_t)(end - line)); /* the name ends at the first one */
        if (colon != NULL && is_named(line, (size_t)(colon - line), "Transfer-Encoding"))
            fail("the body has a transfer coding, which this program does not know");
        if (colon != NULL && is_named(line, (size_t)(colon - line), "Content-Length")) {
            const char *value = colon + 1, *value_end = end;
            while (value < value_end && is_blank(*value))
                value++;
            while (value < value_end && is_blank(value_end[-1]))
                value_end--;
            int64_t number = parse_digits(value, (size_t)(value_end - value));
            if (length != UNTIL_CLOSE && length != number)
                fail("two different values of Content-Length");
            length = number;
        }
    }
    return length;
}

static void print_buffer(struct connection *c, size_t length)
{
    if (fwrite(c->buffer, 1, length, stdout) != length)
        fail("cannot print");
    consume(c, length);
}

static void print_exactly(struct connection *c, int64_t length)
{
    int64_t left = length;
    while (left > 0) {
        /* Ask for more only when something is missing: a needless read waits for ever. */
        if (c->used == 0 && receive(c) == 0)
            fail("the body was cut");
        size_t part = (int64_t)c->used < left ? c->used : (size_t)left;
        print_buffer(c, part);
        left -= (int64_t)part;
    }
}

static void print_to_end(struct connection *c)
{
    do
        print_buffer(c, c->used);
    while (receive(c) > 0);
}

int main(int argc, char **argv)
{
    static struct connection connection;
    if (argc < 3 || argc > 4)
        fail("usage: main HOST PORT [PATH]");
    signal(SIGPIPE, SIG_IGN); /* A write to a closed connection is an error to report, not a reason to die. */

    connection.fd = connect_to(argv[1], argv[2]);
    send_request(connection.fd, argv[1], argv[2], argc == 4 ? argv[3] : "/");

    size_t head_length = read_head(&connection);
    int status = parse_status(connection.buffer, head_length);
    while (status >= 100 && status < 200) { /* 1xx: the answer is still to come */
        consume(&connection, head_length);
        head_length = read_head(&connection);
        status = parse_status(connection.buffer, head_length);
    }
    int64_t length = find_body_length(connection.buffer, head_length, status);
    consume(&connection, head_length);
    if (length == UNTIL_CLOSE)
        print_to_end(&connection);
    else
        print_exactly(&connection, length);
    if (fflush(stdout) != 0)
        fail("cannot print");
    close(connection.fd);
    return 0;
}
