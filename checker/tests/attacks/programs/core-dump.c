/* Raises the limit for core files and dies with a lot of memory to write. */

#include "attack.h"
#include <sys/prctl.h>
#include <sys/resource.h>

int main(int argc, char **argv)
{
    (void)argc, (void)argv;
    struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
    char *memory = malloc(128L << 20);
    if (setrlimit(RLIMIT_CORE, &all) == 0)
        breach("core files without limit");
    prctl(PR_SET_DUMPABLE, 1);
    if (memory)
        memset(memory, 'c', 128L << 20);
    if (chdir("/tmp") < 0)
        nap(1);
    abort();
}
