/* Turns its own standard streams against whoever reads them: sends descriptors and addresses through standard output,
   changes what can be changed of it, reads from it. Then does the job, and shuts it. */

#include "attack.h"
#include <sys/ioctl.h>

static void send_descriptors(int through)
{
    int fd = open("/dev/zero", O_RDONLY);
    char room[CMSG_SPACE(sizeof fd)] = { 0 };
    struct msghdr message = { .msg_control = room, .msg_controllen = sizeof room };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    for (int i = 0; i < 100; i++)
        sendmsg(through, &message, MSG_DONTWAIT);
    close(fd);
}

int main(int argc, char **argv)
{
    char path[64], byte;
    struct ucred peer;
    socklen_t size = sizeof peer;
    int small = 1, code;
    signal(SIGIO, SIG_IGN);
    for (int fd = 0; fd < 3; fd++) {
        send_descriptors(fd);
        fcntl(fd, F_SETFL, O_NONBLOCK | O_APPEND | O_ASYNC);
        fcntl(fd, F_SETOWN, getpid());
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        close(open(path, O_RDWR | O_NONBLOCK));
        ioctl(fd, FIONBIO, &small);
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.pid != 0)
            if (kill(peer.pid, 0) == 0 && peer.pid > 2 && peer.pid != getpid())
                breach("standard output leads to process %d", peer.pid);
    }
    if (read(1, &byte, 1) > 0 || recv(1, &byte, 1, MSG_DONTWAIT) > 0)
        breach("something comes from standard output");
    for (int fd = 0; fd < 3; fd++)
        fcntl(fd, F_SETFL, 0);
    code = do_the_job(argc, argv);
    shutdown(0, SHUT_RDWR), shutdown(1, SHUT_RDWR);
    return code;
}
