/* Computes on as many processors as there are, at the highest rank that it can get, and says nothing. */

#include "attack.h"
#include <pthread.h>
#include <sys/resource.h>

static void *compute(void *unused)
{
    for (volatile unsigned long number = 0;; number++)
        ;
    return unused;
}

int main(int argc, char **argv)
{
    (void)argc, (void)argv;
    struct sched_param most = { .sched_priority = 99 };
    pthread_t thread;
    if (setpriority(PRIO_PROCESS, 0, -20) == 0)
        breach("a rank of -20");
    if (sched_setscheduler(0, SCHED_FIFO, &most) == 0 || sched_setscheduler(0, SCHED_RR, &most) == 0)
        breach("real-time scheduling");
    for (int i = 0; i < 4; i++)
        pthread_create(&thread, NULL, compute, NULL);
    compute(NULL);
}
