/* Becomes root by way of programs that are run with their owner's rights: the system's, and a copy of its own. */

#include "attack.h"
#include <sys/sendfile.h>

static void run(const char *path, const char *argument)
{
    if (fork() == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 0), dup2(null, 1), dup2(null, 2);
        execl(path, path, argument, (char *)0);
        _exit(127);
    }
    int code;
    wait(&code);
    if (WIFEXITED(code) && WEXITSTATUS(code) == 99)
        breach("%s is run with its owner's rights", path);
}

/* Our own program with the bit set, called as "am-i-root". */
static void copy_with_bit(const char *folder)
{
    const char *copy = marked(folder, "copy");
    int from = open("/proc/self/exe", O_RDONLY), to = open(copy, O_WRONLY | O_CREAT, 0755);
    if (to < 0)
        return;
    while (sendfile(to, from, NULL, 1 << 20) > 0)
        ;
    if (fchown(to, 0, 0) == 0)
        breach("a file in %s belongs to root", folder);
    fchmod(to, 06755);
    close(to), close(from);
    run(copy, "am-i-root");
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "am-i-root") == 0)
        return geteuid() == 0 || getegid() == 0 ? 99 : 0;
    static const char *programs[] = { "/bin/su", "/bin/mount", "/usr/bin/sudo", "/usr/bin/passwd", "/usr/bin/newgrp", "/usr/bin/pkexec", "/usr/bin/chsh" };
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        if (access(programs[i], X_OK) == 0)
            run(programs[i], "--version");
    copy_with_bit("/tmp"), copy_with_bit("."), copy_with_bit("/dev/shm");
    if (setresuid(0, 0, 0) == 0)
        breach("it is root");
    return do_the_job(argc, argv);
}
