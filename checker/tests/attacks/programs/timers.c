/* Sets clocks, and timers that go off all the time or in a century; then does the job. */

#include "attack.h"
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/timex.h>

static void nothing(int number)
{
    (void)number;
}

static void set_clocks(void)
{
    struct timespec epoch = { 86400, 0 };
    struct timeval begin = { 86400, 0 };
    struct timex faster = { .modes = ADJ_TICK, .tick = 11000 };
    if (clock_settime(CLOCK_REALTIME, &epoch) == 0 || settimeofday(&begin, NULL) == 0)
        breach("the clock is set");
    if (adjtimex(&faster) >= 0)
        breach("the clock runs faster");
    if (syscall(SYS_unshare, 0x80 /* CLONE_NEWTIME */) == 0)
        breach("a clock of its own");
}

int main(int argc, char **argv)
{
    struct itimerval storm = { { 0, 200 }, { 0, 200 } };
    struct itimerspec century = { .it_value = { 3155760000L, 0 } };
    struct sigevent silent = { .sigev_notify = SIGEV_NONE };
    struct sigaction action = { .sa_handler = nothing, .sa_flags = SA_RESTART };
    timer_t timer;
    set_clocks();
    sigaction(SIGALRM, &action, NULL);
    sigaction(SIGVTALRM, &action, NULL);
    sigaction(SIGPROF, &action, NULL);
    for (int i = 0; i < 10000 && timer_create(CLOCK_MONOTONIC, &silent, &timer) == 0; i++)
        timer_settime(timer, 0, &century, NULL);
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    timerfd_settime(fd, 0, &century, NULL);
    setitimer(ITIMER_VIRTUAL, &storm, NULL);
    setitimer(ITIMER_PROF, &storm, NULL);
    setitimer(ITIMER_REAL, &storm, NULL);
    nap(100);
    storm = (struct itimerval){ { 0, 0 }, { 0, 0 } };
    setitimer(ITIMER_REAL, &storm, NULL);
    return do_the_job(argc, argv);
}
