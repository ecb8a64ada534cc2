/* Writes an ending of its own to every descriptor beyond the standard streams; there must be none. Then does the job. */

#include "attack.h"

int main(int argc, char **argv)
{
    static const char forged[] = "{\"Exited\":{\"status\":{\"code\":0}}}\n{\"Finished\":{\"left_behind\":[]}}\n";
    char path[64], target[256] = { 0 };
    for (int fd = 3; fd < 65536; fd++) {
        if (fcntl(fd, F_GETFD) < 0)
            continue;
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        if (readlink(path, target, sizeof target - 1) < 0)
            strcpy(target, "?");
        breach("descriptor %d is open: %s", fd, target);
        if (write(fd, forged, sizeof forged - 1) > 0)
            breach("and can be written to");
    }
    return do_the_job(argc, argv);
}
