/* Changes what outlives the run: its own binary and source, the next run's, the system's files. Then does the job. */

#include "attack.h"

static void spoil(const char *path)
{
    char other[600];
    int fd = open(path, O_WRONLY | O_APPEND);
    if (fd >= 0 && write(fd, "\n/* spoilt */\n", 14) > 0)
        breach("%s can be written to", path);
    if (fd >= 0)
        close(fd);
    snprintf(other, sizeof other, "%s.spoilt", path);
    if (rename(path, other) == 0) {
        breach("%s can be renamed", path);
        if (rename(other, path) < 0)
            breach("and not renamed back");
    }
    if (strncmp(path, "/proc/self/", 11) == 0)
        return; // whose rights and times belong to it
    if (chmod(path, 0777) == 0)
        breach("the mode of %s can be changed", path);
    struct timespec past[2] = { { 1, 0 }, { 1, 0 } };
    if (utimensat(AT_FDCWD, path, past, 0) == 0)
        breach("the time of %s can be changed", path);
}

/* Neither may a folder take new files. Those that lead to the course may be there and be thrown away with the run:
   of them the test looks after the real ones. */
static void plant_in(const char *folder)
{
    int fd = open(marked(folder, "planted"), O_WRONLY | O_CREAT, 0755);
    if (fd >= 0 && strncmp(folder, "/tmp/", 5) != 0)
        breach("%s takes new files", folder);
    if (fd >= 0)
        close(fd);
}

int main(int argc, char **argv)
{
    char self[600] = { 0 };
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        return 4;
    const char *files[] = { "/proc/self/exe", self, argv[0], "@COURSE@/exercises/w01-l01/main.c", "@COURSE@/solutions/w01-l01/main.c", "/etc/hosts",
        "/etc/resolv.conf", "/etc/passwd", "/etc/ld.so.preload", "/etc/ld.so.cache", "/usr/bin/env", "/bin/sh", "/proc/1/exe",
        "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/ipv4/tcp_rmem",
        "/proc/sysrq-trigger", "/proc/self/uid_map", "/proc/self/setgroups", "/sys/kernel/uevent_helper" };
    const char *folders[] = { "/", "/usr", "/usr/bin", "/etc", "/usr/lib", "/dev", "/proc", "/sys", "/sys/fs/cgroup", "@COURSE@", "@COURSE@/exercises/w01-l01",
        "@COURSE@/.workbook", "@COURSE@/.workbook/build", "@HOME@" };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        spoil(files[i]);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        plant_in(folders[i]);
    if (strrchr(self, '/')) {
        *strrchr(self, '/') = 0;
        plant_in(self);
    }
    return do_the_job(argc, argv);
}
