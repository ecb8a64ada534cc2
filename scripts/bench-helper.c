/* What scripts/bench measures with. Compiled by it.
 *
 *     bench-helper bare TIMES PROGRAM...   runs PROGRAM HOST PORT so many times, one after the other, against a
 *                                          server in a process of its own that is always there; prints the
 *                                          nanoseconds of each run, one a line
 *     bench-helper reads-to-eof HOST PORT  asks for a page and reads until the server closes
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static _Noreturn void fail(const char *what)
{
    perror(what);
    exit(2);
}

/* Two answers on one connection, as w04-l03 wants them; the second one is the last. */
static void serve(int connection)
{
    static const char first[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\nfirst page.\n";
    static const char second[] =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\nConnection: close\r\n\r\nsecond page.\n";
    char request[8192];
    size_t have = 0;
    int on = 1, answered = 0;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    while (answered < 2) {
        ssize_t got = recv(connection, request + have, sizeof request - have, 0);
        if (got <= 0)
            return;
        have += got;
        char *end;
        while (answered < 2 && (end = memmem(request, have, "\r\n\r\n", 4)) != NULL) {
            size_t used = end + 4 - request;
            memmove(request, request + used, have -= used);
            const char *answer = answered++ == 0 ? first : second;
            if (send(connection, answer, strlen(answer), MSG_NOSIGNAL) < 0)
                return;
        }
    }
}

/* The port of a server in a child process. */
static int start_server(pid_t *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, 64) < 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) < 0)
        fail("listen");
    *server = fork();
    if (*server < 0)
        fail("fork");
    if (*server > 0) {
        close(listener);
        return ntohs(address.sin_port);
    }
    for (;;) {
        int connection = accept(listener, NULL, NULL);
        if (connection < 0)
            _exit(2);
        serve(connection);
        close(connection);
    }
}

static long long nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int bare(int times, char **program)
{
    pid_t server, child;
    char port[16];
    char *words[16] = {0};
    int count = 0, status = 0;
    for (; program[count] && count < 12; count++)
        words[count] = program[count];
    snprintf(port, sizeof port, "%d", start_server(&server));
    words[count] = "127.0.0.1";
    words[count + 1] = port;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    for (int i = 0; i < times && status == 0; i++) {
        long long start = nanoseconds();
        if (posix_spawn(&child, words[0], &actions, NULL, words, environ) != 0 || waitpid(child, &status, 0) < 0)
            status = -1;
        printf("%lld\n", nanoseconds() - start);
    }
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    if (status != 0)
        fprintf(stderr, "bench-helper: %s has failed\n", words[0]);
    return status == 0 ? 0 : 2;
}

static int reads_to_eof(const char *host, const char *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
    char bytes[65536];
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    ssize_t got;
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1 ||
        connect(connection, (struct sockaddr *)&address, sizeof address) < 0)
        fail("connect");
    int length = snprintf(bytes, sizeof bytes, "GET / HTTP/1.1\r\nHost: %s:%s\r\n\r\n", host, port);
    if (send(connection, bytes, length, 0) != length)
        fail("send");
    while ((got = recv(connection, bytes, sizeof bytes, 0)) > 0)
        ;
    return got < 0;
}

int main(int argc, char **argv)
{
    if (argc >= 4 && argc < 15 && strcmp(argv[1], "bare") == 0)
        return bare(atoi(argv[2]), argv + 3);
    if (argc == 4 && strcmp(argv[1], "reads-to-eof") == 0)
        return reads_to_eof(argv[2], argv[3]);
    fprintf(stderr, "usage: bench-helper bare TIMES PROGRAM... | bench-helper reads-to-eof HOST PORT\n");
    return 2;
}
