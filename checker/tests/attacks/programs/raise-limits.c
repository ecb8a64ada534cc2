/* Raises every limit that it is under, its own and those of the first process; then does the job. */

#include "attack.h"
#include <sys/personality.h>
#include <sys/resource.h>

int main(int argc, char **argv)
{
    struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY }, limit;
    const int limited[] = { RLIMIT_NPROC, RLIMIT_FSIZE, RLIMIT_DATA, RLIMIT_NOFILE, RLIMIT_CORE };
    for (size_t i = 0; i < sizeof limited / sizeof *limited; i++) {
        if (getrlimit(limited[i], &limit) == 0 && limit.rlim_max == RLIM_INFINITY)
            breach("resource %d has no limit", limited[i]);
        if (setrlimit(limited[i], &all) == 0)
            breach("resource %d is without limit", limited[i]);
        if (prlimit(1, limited[i], &all, NULL) == 0 || prlimit(getppid(), limited[i], &all, NULL) == 0)
            breach("resource %d of the first process", limited[i]);
    }
    struct rlimit most = { 1L << 20, 1L << 20 };
    if (setrlimit(RLIMIT_NOFILE, &most) == 0)
        breach("a million descriptors");
    int fd = open("/proc/self/oom_score_adj", O_WRONLY);
    if (fd >= 0 && write(fd, "-1000", 5) == 5)
        breach("it is never chosen when memory is short");
    if (fd >= 0)
        close(fd);
    personality(ADDR_NO_RANDOMIZE | READ_IMPLIES_EXEC);
    return do_the_job(argc, argv);
}
