/* Ends, and leaves the printing to a grandchild that needs a moment. */

#include "attack.h"

int main(int argc, char **argv)
{
    if (fork() == 0) {
        if (fork() == 0) {
            setsid();
            nap(1500);
            _exit(do_the_job(argc, argv));
        }
        _exit(0);
    }
    wait(NULL);
    return 0;
}
