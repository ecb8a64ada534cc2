/* Leaves dead children unburied, as many as it can. Then does the job. */

#include "attack.h"

#define FAR_TOO_MANY 4000

int main(int argc, char **argv)
{
    int dead = 0;
    for (; dead < FAR_TOO_MANY; dead++) {
        pid_t child = fork();
        if (child < 0)
            break;
        if (child == 0)
            _exit(0);
    }
    if (dead >= FAR_TOO_MANY)
        breach("%d dead processes", dead);
    return do_the_job(argc, argv);
}
