/* Opens descriptors of every sort until there are no more, sends some through a socket that nobody reads, and gives them back. */

#include "attack.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>

#define FAR_TOO_MANY 100000

static int send_descriptor(int through, int fd)
{
    char room[CMSG_SPACE(sizeof fd)] = { 0 };
    struct iovec part = { "x", 1 };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    return sendmsg(through, &message, MSG_DONTWAIT) > 0;
}

int main(int argc, char **argv)
{
    int first = -1, last = -1, in_flight = 0, two[2];
    for (int kind = 0; last < FAR_TOO_MANY; kind++) {
        int fds[] = { dup(0), eventfd(0, 0), epoll_create1(0), inotify_init(), socket(AF_INET, SOCK_STREAM, 0) };
        if (fds[kind % 5] < 0)
            break;
        first = first < 0 ? fds[0] : first;
        for (int i = 0; i < 5; i++)
            last = fds[i] > last ? fds[i] : last;
    }
    if (last >= FAR_TOO_MANY)
        breach("%d descriptors", last);
    for (int fd = 3; fd < 100000; fd++)
        close(fd);
    for (int round = 0; round < 100; round++) {
        if (socketpair(AF_UNIX, SOCK_DGRAM, 0, two) < 0)
            break;
        while (in_flight < FAR_TOO_MANY && send_descriptor(two[0], two[1]))
            in_flight++;
    }
    if (in_flight >= FAR_TOO_MANY)
        breach("%d descriptors under way", in_flight);
    for (int fd = 3; fd < 4096; fd++)
        close(fd);
    return do_the_job(argc, argv);
}
