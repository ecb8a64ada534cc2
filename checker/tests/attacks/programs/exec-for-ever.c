/* Becomes itself again and again: always the same process, never the same program. */

#include "attack.h"

int main(int argc, char **argv)
{
    (void)argc;
    execv("/proc/self/exe", argv);
    execv(argv[0], argv);
    return 4;
}
