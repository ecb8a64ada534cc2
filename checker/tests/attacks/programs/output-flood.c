/* Prints without end: on standard output, on standard error, or by a child that is left behind with the stream. */

#include "attack.h"

#define FAR_TOO_MUCH (1L << 30)
#define WAY "@WAY@"

static void flood(int fd)
{
    static char lines[1 << 16];
    memset(lines, 'y', sizeof lines);
    for (long sent = 0; sent < FAR_TOO_MUCH; sent += sizeof lines)
        if (write(fd, lines, sizeof lines) < 0)
            return;
}

int main(int argc, char **argv)
{
    if (strcmp(WAY, "stdout") == 0)
        flood(1);
    if (strcmp(WAY, "stderr") == 0)
        flood(2);
    if (strcmp(WAY, "child") == 0) {
        int code = do_the_job(argc, argv);
        if (fork() != 0)
            return code;
        setsid();
        for (;;)
            if (write(2, "y\n", 2) < 0)
                return 0;
    }
    return 0;
}
