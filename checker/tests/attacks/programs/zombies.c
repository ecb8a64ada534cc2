/* Leaves two hundred dead children unburied: as many as it may. Then does the job. */

#include "attack.h"

int main(int argc, char **argv)
{
    for (int dead = 0; dead < 200; dead++)
        if (fork() == 0)
            _exit(0);
    return do_the_job(argc, argv);
}
