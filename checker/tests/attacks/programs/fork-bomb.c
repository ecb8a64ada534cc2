/* Every process forks for ever. Where nothing stops it, it stops itself. */

#include "attack.h"

#define FAR_TOO_MANY 4000

int main(int argc, char **argv)
{
    (void)argc, (void)argv;
    long *started = shared_numbers();
    for (;;) {
        pid_t child = fork();
        if (child < 0)
            sched_yield();
        if (child == 0 && __atomic_add_fetch(started, 1, __ATOMIC_RELAXED) > FAR_TOO_MANY)
            break;
        if (*started > FAR_TOO_MANY)
            break;
    }
    if (__atomic_exchange_n(started + 1, 1, __ATOMIC_RELAXED) == 0)
        breach("%d processes were started", FAR_TOO_MANY);
    return 0;
}
