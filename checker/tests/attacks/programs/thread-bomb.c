/* Threads without end, each asleep. */

#include "attack.h"
#include <pthread.h>

#define FAR_TOO_MANY 4000

static void *sleep_on(void *unused)
{
    pause();
    return unused;
}

int main(int argc, char **argv)
{
    (void)argc, (void)argv;
    pthread_attr_t small;
    pthread_t thread;
    long started = 0;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 1 << 16);
    while (started < FAR_TOO_MANY)
        if (pthread_create(&thread, &small, sleep_on, NULL) == 0)
            started++;
        else
            nap(1);
    breach("%ld threads were started", started);
    return 0;
}
