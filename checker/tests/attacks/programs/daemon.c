/* Does the job, and leaves a daemon behind that adopts orphans, hides from core dumps and from its parent's death,
   has another name, and would live for ever. */

#include "attack.h"
#include <sys/prctl.h>

int main(int argc, char **argv)
{
    int ready[2];
    char byte;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (pipe(ready) < 0)
        return 4;
    if (fork() == 0) {
        setsid();
        if (fork() != 0)
            _exit(0);
        prctl(PR_SET_DUMPABLE, 0);
        prctl(PR_SET_PDEATHSIG, 0);
        prctl(PR_SET_NAME, MARK);
        memset(argv[0], 'd', strlen(argv[0]));
        signal(SIGTERM, SIG_IGN), signal(SIGHUP, SIG_IGN);
        close(0), close(1);
        if (write(ready[1], "x", 1) < 0)
            _exit(4);
        for (;;)
            nap(1000);
    }
    if (read(ready[0], &byte, 1) < 0)
        return 4;
    close(ready[0]), close(ready[1]);
    return do_the_job(argc, argv);
}
