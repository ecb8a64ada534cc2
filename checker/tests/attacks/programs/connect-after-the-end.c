/* A child waits until the first process is gone, and then does the job as if it were the program. */

#include "attack.h"

int main(int argc, char **argv)
{
    pid_t first = getpid();
    int ready[2];
    char byte;
    if (pipe(ready) < 0)
        return 4;
    if (fork() == 0) {
        setsid();
        signal(SIGTERM, SIG_IGN), signal(SIGHUP, SIG_IGN);
        close(ready[0]);
        if (write(ready[1], "x", 1) < 0)
            _exit(4);
        while (getppid() == first)
            ;
        _exit(do_the_job(argc, argv));
    }
    return read(ready[0], &byte, 1) == 1 ? 0 : 4;
}
