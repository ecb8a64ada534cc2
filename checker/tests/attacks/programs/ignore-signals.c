/* Ignores and blocks every signal, takes none of them from a sleeping child either, and waits for ever. */

#include "attack.h"
#include <sys/prctl.h>

int main(int argc, char **argv)
{
    (void)argc;
    sigset_t all;
    char byte;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    for (int number = 1; number < 65; number++)
        signal(number, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, 0);
    int fd = connect_to(argv[1], argv[2]);
    dprintf(fd, "GET / HTTP/1.1\r\nHost: %s:%s\r\n\r\n", argv[1], argv[2]);
    for (;;)
        if (recv(fd, &byte, 1, 0) < 0)
            pause();
}
