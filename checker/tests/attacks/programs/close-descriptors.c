/* Closes every descriptor, those of the grader too should there be any, and waits for what happens. */

#include "attack.h"

int main(int argc, char **argv)
{
    (void)argc, (void)argv;
    for (int fd = 0; fd < 65536; fd++)
        close(fd);
    return 0;
}
