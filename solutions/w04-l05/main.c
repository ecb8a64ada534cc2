/* w04-l05 When the server says close: as few connections as the server allows.
 *
 *     PROGRAM HOST PORT PATH...
 *
 * Prints the bodies in order and nothing else. Everything else goes to stderr.
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
 * connection: the next response begins in it, and it is emptied when a new connection is opened. */
struct connection {
    int socket; /* -1 while there is none */
    size_t start, end;
    char bytes[65536];
};

/* What this program needs of a head. */
struct head {
    int status;
    bool has_length;
    size_t length;
    int minor_version; /* 0 of HTTP/1.0, 1 of HTTP/1.1 */
    bool says_close, says_keep_alive;
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
                         const char *path)
{
    char request[4096];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s:%s\r\n\r\n",
                          path, host, port);
    if (length < 0 || (size_t)length >= sizeof request)
        fail(path, "too long");
    send_all(c, request, length);
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
        fail("recv", strerror(errno)); /* a reset is an error, never the end of a body */
    c->end += received;
    return received > 0;
}

/* The next line of a head, without its line end. It is valid until the next read. */
static char *read_line(struct connection *c)
{
    char *newline;
    while (!(newline = memchr(c->bytes + c->start, '\n', c->end - c->start)))
        if (!receive(c))
            fail("response", "the server closed the connection before the end of a head");
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

/* The value is a comma-separated list of options, in any case (RFC 9110 section 7.6.1).
 * Several Connection lines are one list: each adds to what the lines before it said. */
static void read_options(struct head *head, char *list)
{
    char *rest, *option = strtok_r(list, ",", &rest);
    for (; option; option = strtok_r(NULL, ",", &rest)) {
        option = trim(option);
        head->says_close |= strcasecmp(option, "close") == 0;
        head->says_keep_alive |= strcasecmp(option, "keep-alive") == 0;
    }
}

static struct head read_head(struct connection *c)
{
    struct head head = {0};
    char *line = read_line(c);
    if (sscanf(line, "HTTP/1.%1d %3d", &head.minor_version, &head.status) != 2)
        fail("not a status line", line);
    while (*(line = read_line(c)) != '\0') {
        char *value = split_field(line);
        if (strcasecmp(line, "Content-Length") == 0) {
            head.length = parse_length(value);
            head.has_length = true;
        } else if (strcasecmp(line, "Transfer-Encoding") == 0) {
            fail("Transfer-Encoding", "not understood yet");
        } else if (strcasecmp(line, "Connection") == 0) {
            read_options(&head, value);
        }
    }
    return head;
}

static size_t print_buffered(struct connection *c, size_t at_most)
{
    size_t count = c->end - c->start;
    if (count > at_most)
        count = at_most;
    fwrite(c->bytes + c->start, 1, count, stdout);
    c->start += count;
    return count;
}

/* Prints exactly `left` bytes, and does not ask for more than that: an open connection may stay silent. */
static void print_body(struct connection *c, size_t left)
{
    while (left > 0) {
        if (c->start == c->end && !receive(c))
            fail("response", "the server closed the connection before the end of a body");
        left -= print_buffered(c, left);
    }
}

/* Without a length, the body is all that comes until the server closes. */
static void print_until_close(struct connection *c)
{
    do
        print_buffered(c, SIZE_MAX);
    while (receive(c));
}

/* Prints the body of one response; says whether the connection may carry another request. */
static bool print_response(struct connection *c)
{
    struct head head = read_head(c);
    while (head.status < 200) /* 1xx: the response is still to come */
        head = read_head(c);
    bool has_body = head.status != 204 && head.status != 304;
    if (has_body && !head.has_length) {
        print_until_close(c);
        return false;
    }
    if (has_body)
        print_body(c, head.length);
    if (head.says_close)
        return false;
    return head.minor_version >= 1 || head.says_keep_alive;
}

static void fetch(struct connection *c, const char *host, const char *port, const char *path)
{
    if (c->socket < 0)
        open_connection(c, host, port);
    send_request(c, host, port, path);
    if (!print_response(c)) {
        close(c->socket); /* now, not when the server does */
        c->socket = -1;
    }
    if (fflush(stdout) != 0)
        fail("stdout", strerror(errno));
}

int main(int argc, char **argv)
{
    if (argc < 4)
        fail("usage", "PROGRAM HOST PORT PATH...");
    static struct connection c = {.socket = -1};

    signal(SIGPIPE, SIG_IGN); /* a send() to a closed connection is an error, not a death */
    for (int i = 3; i < argc; i++)
        fetch(&c, argv[1], argv[2], argv[i]);
    if (c.socket >= 0)
        close(c.socket);
    return 0;
}
