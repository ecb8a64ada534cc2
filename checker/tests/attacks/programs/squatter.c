/* Puts itself in the peer's place: listens at its port before, while and after it is connected, and answers itself.
   Then does the job. */

#include "attack.h"

static int listen_at(int family, const char *address, int port)
{
    struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
    struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
    int fd = socket(family, SOCK_STREAM, 0), on = 1, result;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (family == AF_INET) {
        four.sin_addr.s_addr = inet_addr(address);
        result = bind(fd, (struct sockaddr *)&four, sizeof four);
    } else {
        result = bind(fd, (struct sockaddr *)&six, sizeof six);
    }
    if (result < 0 || listen(fd, 5) < 0) {
        close(fd);
        return -1;
    }
    breach("it listens at %s port %d", address, port);
    return fd;
}

static void listen_everywhere(int port)
{
    static const char *addresses[] = { "0.0.0.0", "127.0.0.1", "192.0.2.80", "10.1.2.3" };
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        listen_at(AF_INET, addresses[i], port);
    listen_at(AF_INET6, "::", port);
}

int main(int argc, char **argv)
{
    int port = atoi(argv[2]);
    if (fork() == 0) {
        for (int i = 0; i < 200; i++, nap(1))
            listen_everywhere(port);
        _exit(0);
    }
    listen_everywhere(port);
    int code = do_the_job(argc, argv);
    listen_everywhere(port);
    return code;
}
