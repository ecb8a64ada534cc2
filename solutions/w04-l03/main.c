/* w04-l03 Keep-alive semantics: two requests, one connection.
 *
 *     PROGRAM HOST PORT [PATH]
 *
 * Prints the status line and the body of each response. Everything else goes to stderr.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

/* What has been received and not yet used is bytes[start..end]. The buffer belongs to the
 * connection, not to a response: whatever one response leaves behind is where the next begins. */
struct connection {
    int socket;
    size_t start, end;
    char bytes[65536];
};

/* What this program needs of a head. */
struct head {
    int status;
    bool has_length;
    size_t length;
    bool closes; /* the server will close the connection behind this response */
};

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

/* send() may take less than it was given. */
static void send_all(struct connection *c, const char *bytes, size_t left)
{
    while (left > 0) {
        ssize_t sent = send(c->socket, bytes, left, 0);
        if (sent < 0)
            fail("send", strerror(errno));
        bytes += sent;
        left -= sent;
    }
}

static void send_request(struct connection *c, const char *host, const char *port,
                         const char *path, const char *more_fields)
{
    char request[4096];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s:%s\r\n%s\r\n",
                          path, host, port, more_fields);
    if (length < 0 || (size_t)length >= sizeof request)
        fail(path, "too long");
    send_all(c, request, length);
}

/* Appends what the next recv() brings. Only called in the middle of a response. */
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

/* The next line of a head, without its line end. It is valid until the next read. */
static char *read_line(struct connection *c)
{
    char *newline;
    while (!(newline = memchr(c->bytes + c->start, '\n', c->end - c->start)))
        receive(c);
    char *line = c->bytes + c->start;
    c->start = newline + 1 - c->bytes;
    if (newline > line && newline[-1] == '\r')
        newline--;
    *newline = '\0';
    return line;
}

/* Takes the blanks around a text away. */
static char *trim(char *text)
{
    text += strspn(text, " \t");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t", text[length - 1]))
        length--;
    text[length] = '\0';
    return text;
}

/* Splits "Name:  value " at the colon; what is left in `line` is the name. */
static char *split_field(char *line)
{
    char *colon = strchr(line, ':');
    if (!colon)
        fail(line, "a field line without a colon");
    *colon = '\0';
    return trim(colon + 1);
}

/* Digits and nothing else; strtoul() would also take "+6", "-6" and "6x". */
static size_t parse_length(const char *text)
{
    size_t length = 0;
    if (*text == '\0' || text[strspn(text, "0123456789")] != '\0')
        fail(text, "not a Content-Length");
    for (; *text; text++) {
        if (length > (SIZE_MAX - 9) / 10)
            fail("Content-Length", "too large");
        length = length * 10 + (*text - '0');
    }
    return length;
}

static struct head read_head(struct connection *c)
{
    struct head head = {0};
    char *line = read_line(c);
    if (sscanf(line, "HTTP/1.%*1[0-9] %3d", &head.status) != 1)
        fail("not a status line", line);
    if (head.status >= 200)
        printf("%s\n", line);
    while (*(line = read_line(c)) != '\0') {
        char *value = split_field(line);
        if (strcasecmp(line, "Content-Length") == 0) {
            head.length = parse_length(value);
            head.has_length = true;
        } else if (strcasecmp(line, "Transfer-Encoding") == 0) {
            fail("Transfer-Encoding", "not understood yet");
        } else if (strcasecmp(line, "Connection") == 0 && strcasecmp(value, "close") == 0) {
            head.closes = true;
        }
    }
    return head;
}

/* Prints exactly `left` bytes: first what is in the buffer already, then what comes. */
static void print_body(struct connection *c, size_t left)
{
    while (left > 0) {
        if (c->start == c->end)
            receive(c);
        size_t count = c->end - c->start;
        if (count > left)
            count = left; /* the rest belongs to the next response */
        fwrite(c->bytes + c->start, 1, count, stdout);
        c->start += count;
        left -= count;
    }
}

/* Prints one response; says whether the server will close the connection behind it. */
static bool print_response(struct connection *c)
{
    struct head head = read_head(c);
    while (head.status < 200) /* 1xx: the response is still to come */
        head = read_head(c);
    if (head.status != 204 && head.status != 304) {
        if (!head.has_length)
            fail("response", "no Content-Length: its end cannot be found");
        print_body(c, head.length);
    }
    if (fflush(stdout) != 0)
        fail("stdout", strerror(errno));
    return head.closes;
}

int main(int argc, char **argv)
{
    if (argc < 3 || argc > 4)
        fail("usage", "PROGRAM HOST PORT [PATH]");
    const char *host = argv[1], *port = argv[2], *path = argc == 4 ? argv[3] : "/";
    static struct connection c;

    signal(SIGPIPE, SIG_IGN); /* a send() to a closed connection is an error, not a death */
    open_connection(&c, host, port);
    send_request(&c, host, port, path, "");
    if (print_response(&c))
        fail("server", "closes after the first response");
    send_request(&c, host, port, path, "Connection: close\r\n");
    print_response(&c);
    close(c.socket);
    return 0;
}
