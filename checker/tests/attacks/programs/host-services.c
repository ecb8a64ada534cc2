/* Talks to services of the machine that the grader runs on: TCP and UDP ports, a socket in the file system, an abstract
   one, and the machine that carries this one. The test listens at all of them. Then does the job. */

#include "attack.h"
#include <ifaddrs.h>

#define PORT "@PORT@"

static void call(const char *host)
{
    int fd = connect_to(host, PORT);
    if (fd >= 0) {
        if (write(fd, MARK, strlen(MARK)) < 0)
            nap(1);
        close(fd);
    }
}

static void tell(const char *host)
{
    struct addrinfo hints = { .ai_socktype = SOCK_DGRAM }, *found;
    if (getaddrinfo(host, PORT, &hints, &found) != 0)
        return;
    int fd = socket(found->ai_family, SOCK_DGRAM, 0);
    sendto(fd, MARK, strlen(MARK), MSG_DONTWAIT, found->ai_addr, found->ai_addrlen);
    close(fd);
    freeaddrinfo(found);
}

static void call_unix(const char *name, size_t length)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    memcpy(address.sun_path, name, length < sizeof address.sun_path ? length : sizeof address.sun_path);
    for (int type = SOCK_STREAM; type <= SOCK_SEQPACKET; type++) {
        int fd = socket(AF_UNIX, type, 0);
        if (fd >= 0 && connect(fd, (struct sockaddr *)&address, offsetof(struct sockaddr_un, sun_path) + length) == 0)
            breach("the unix socket %s", name[0] ? name : name + 1);
        close(fd);
    }
}

int main(int argc, char **argv)
{
    static const char *hosts[] = { "127.0.0.1", "127.1.2.3", "::1", "0.0.0.0", "::", "::ffff:127.0.0.1", "localhost" };
    static const char *paths[] = { "@SOCKET@", "/var/run/docker.sock", "/run/dbus/system_bus_socket", "/run/systemd/private", "/dev/log", "/tmp/.X11-unix/X0" };
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        call(hosts[i]), tell(hosts[i]);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        call_unix(paths[i], strlen(paths[i]) + 1);
    call_unix("\0@MARK@", 1 + strlen(MARK));
    return do_the_job(argc, argv);
}
