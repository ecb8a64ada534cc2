/* Looks for what no program may see: solutions, grades, homes, other people's processes. By name, by "..", by symbolic
   link, by hard link, through /proc, and by handle. Then does the job. */

#include "attack.h"

/* Tells of every file that can be read. */
static void look_at(const char *path)
{
    char byte;
    int fd = open(path, O_RDONLY | O_NONBLOCK);
    if (fd < 0)
        return;
    if (read(fd, &byte, 1) >= 0)
        breach("%s can be read", path);
    close(fd);
}

/* The same file by other ways. */
static void look_by_all_ways(const char *path)
{
    static const char *roots[] = { "/proc/self/root", "/proc/1/root", "/proc/1/cwd/../../../../../..", "/proc/self/cwd/../../../../../../../..",
        "/../../../..", "/proc/thread-self/root", "/dev/fd/0/../../..", "/oldroot", "/old", "/put_old", "/.old", "/mnt" };
    char other[1024];
    look_at(path);
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        snprintf(other, sizeof other, "%s%s", roots[i], path);
        look_at(other);
    }
    if (symlink(path, "/tmp/link") == 0)
        look_at("/tmp/link");
    if (link(path, "/tmp/hard") == 0)
        breach("a hard link to %s", path);
    unlink("/tmp/link");
    struct {
        struct file_handle handle;
        unsigned char room[128];
    } by = { .handle = { .handle_bytes = 128 } };
    int mount;
    if (name_to_handle_at(AT_FDCWD, path, &by.handle, &mount, 0) == 0 && open_by_handle_at(AT_FDCWD, &by.handle, O_RDONLY) >= 0)
        breach("%s by its handle", path);
}

/* The root of a file system usually has the same handle: number 2. */
static void open_roots_by_handle(void)
{
    struct {
        struct file_handle handle;
        unsigned int words[2];
    } root = { .handle = { .handle_bytes = 8, .handle_type = 1 }, .words = { 2, 0 } };
    static const char *mounts[] = { "/", "/usr", "/tmp", "/etc/hosts", "." };
    for (size_t i = 0; i < sizeof mounts / sizeof *mounts; i++) {
        int mount = open(mounts[i], O_RDONLY);
        if (open_by_handle_at(mount, &root.handle, O_RDONLY) >= 0)
            breach("the root of the file system of %s", mounts[i]);
        close(mount);
    }
}

/* Nothing but ourselves, our children and the first process. */
static void look_for_others(void)
{
    char path[300], name[64];
    for (int process = 1; process < 65536; process++) {
        if (kill(process, 0) < 0 || process == getpid())
            continue;
        if (process > 100)
            breach("process %d is in sight", process);
        static const char *files[] = { "environ", "mem", "maps", "auxv", "fd/0", "fd/3", "cwd/main.c" };
        for (size_t i = 0; process != getpid() && i < sizeof files / sizeof *files; i++) {
            snprintf(path, sizeof path, "/proc/%d/%s", process, files[i]);
            int fd = open(path, O_RDWR | O_NONBLOCK);
            fd = fd < 0 ? open(path, O_RDONLY | O_NONBLOCK) : fd;
            if (fd >= 0 && read(fd, name, sizeof name) > 0)
                breach("%s can be read", path);
            if (fd >= 0)
                close(fd);
        }
    }
}

int main(int argc, char **argv)
{
    const char *files[] = { "@COURSE@/solutions/w01-l01/main.c", "@COURSE@/solutions/w01-l01/main.py", "@COURSE@/gradebook.sqlite",
        "@COURSE@/.workbook/gradebook.sqlite", "@COURSE@/lessons/w01/01-one-request/checks.toml", "@COURSE@/other-submission/main.c",
        "@COURSE@/.workbook/build/tools.json", "@HOME@/secret.txt", "@HOME@/.ssh/id_ed25519", "/etc/shadow", "/etc/gshadow", "/etc/sudoers",
        "/root/.bashrc", "/root/.profile", "/home/.", "/var/log/syslog", "/var/lib/dpkg/status", "/etc/ssh/ssh_host_ed25519_key", "/proc/kcore",
        "/proc/kmsg", "/dev/kmsg", "/dev/mem", "/dev/port", "/dev/vda", "/dev/sda", "/dev/nvme0n1", "/dev/loop0", "/dev/kvm", "/dev/vsock",
        "/dev/net/tun", "/dev/fuse", "/dev/userfaultfd", "/sys/kernel/security/lsm", "/sys/fs/cgroup/cgroup.procs", "/var/run/docker.sock" };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        look_by_all_ways(files[i]);
    open_roots_by_handle();
    look_for_others();
    return do_the_job(argc, argv);
}
