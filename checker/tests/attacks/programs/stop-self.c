/* Stops itself: asleep, but not in a call. */

#include "attack.h"

int main(int argc, char **argv)
{
    (void)argc;
    connect_to(argv[1], argv[2]);
    for (;;)
        raise(SIGSTOP);
}
