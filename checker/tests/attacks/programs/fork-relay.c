/* The first process ends at once; its child forks and ends, for ever: there is never one process to kill for long. */

#include "attack.h"

int main(int argc, char **argv)
{
    time_t start = time(NULL);
    int code = do_the_job(argc, argv);
    fflush(stdout);
    if (fork() != 0)
        return code;
    setsid();
    while (time(NULL) < start + 60)
        if (fork() > 0)
            _exit(0);
    breach("the relay ran for a minute");
    return 0;
}
