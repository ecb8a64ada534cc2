/* Makes and enters namespaces, mounts, and changes its root, by every call there is; then does the job. */

#include "attack.h"
#include <sys/mount.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

struct clone_words {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
};

static const int KINDS[] = { CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP, CLONE_NEWTIME };

static void make_namespaces(int also)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        int flags = KINDS[i] | also;
        if (fork() == 0) {
            if (unshare(flags) == 0)
                breach("unshare(%#x)", flags);
            _exit(0);
        }
        if (KINDS[i] != CLONE_NEWTIME) {
            long child = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
            if (child >= 0)
                breach("clone(%#x)", flags);
            if (child == 0)
                _exit(0);
        }
        struct clone_words words = { .flags = flags, .exit_signal = SIGCHLD };
        long child = syscall(SYS_clone3, &words, sizeof words);
        if (child >= 0)
            breach("clone3(%#x)", flags);
        if (child == 0)
            _exit(0);
    }
}

static void enter_namespaces(void)
{
    static const char *names[] = { "user", "mnt", "pid", "net", "ipc", "uts", "cgroup", "time" };
    char path[64];
    for (int process = 1; process < 100; process++)
        for (size_t i = 0; process != getpid() && i < sizeof names / sizeof *names; i++) {
            snprintf(path, sizeof path, "/proc/%d/ns/%s", process, names[i]);
            int fd = open(path, O_RDONLY);
            if (fd >= 0 && setns(fd, 0) == 0)
                breach("setns to %s", path);
            if (fd >= 0)
                close(fd);
        }
    int first = syscall(SYS_pidfd_open, 1, 0);
    if (first >= 0 && setns(first, CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID) == 0)
        breach("setns by pidfd");
    if (first >= 0)
        close(first);
}

static void mount_things(void)
{
    mkdir("/tmp/at", 0700);
    const struct { const char *what, *kind; long flags; } mounts[] = {
        { "none", "tmpfs", 0 }, { "none", "proc", 0 }, { "none", "sysfs", 0 }, { "none", "devpts", 0 }, { "none", "overlay", 0 },
        { "/", "", MS_BIND }, { "/usr", "", MS_BIND | MS_REC }, { "none", "mqueue", 0 }, { "none", "binfmt_misc", 0 }, { "none", "cgroup2", 0 },
    };
    for (size_t i = 0; i < sizeof mounts / sizeof *mounts; i++)
        if (mount(mounts[i].what, "/tmp/at", mounts[i].kind, mounts[i].flags, NULL) == 0)
            breach("mount of %s %s", mounts[i].what, mounts[i].kind);
    static const char *mounted[] = { "/", "/usr", "/etc", "/etc/hosts", "/tmp", ".", "/proc" };
    for (size_t i = 0; i < sizeof mounted / sizeof *mounted; i++) {
        if (mount(NULL, mounted[i], NULL, MS_REMOUNT | MS_BIND, NULL) == 0)
            breach("%s is writable now", mounted[i]);
        if (umount2(mounted[i], MNT_DETACH) == 0)
            breach("%s is not mounted any more", mounted[i]);
    }
    if (syscall(SYS_fsopen, "tmpfs", 0) >= 0)
        breach("fsopen");
    if (syscall(SYS_open_tree, AT_FDCWD, "/", 1) >= 0)
        breach("open_tree");
    if (syscall(SYS_move_mount, AT_FDCWD, "/tmp", AT_FDCWD, "/usr", 0) == 0)
        breach("move_mount");
    if (syscall(SYS_mount_setattr, AT_FDCWD, "/", 0x8000, &(uint64_t[4]){ 0, 1 }, 32) == 0)
        breach("mount_setattr");
}

static void change_root(void)
{
    int root = open("/", O_RDONLY | O_DIRECTORY);
    mkdir("/tmp/root", 0700);
    if (chroot("/tmp/root") == 0) {
        breach("chroot");
        for (int i = 0; i < 64; i++)
            if (fchdir(root) < 0 || chdir("..") < 0)
                break;
        if (chroot(".") == 0)
            breach("and out again");
    }
    if (syscall(SYS_pivot_root, "/tmp/root", "/tmp/root") == 0 || syscall(SYS_pivot_root, ".", ".") == 0)
        breach("pivot_root");
    close(root);
}

int main(int argc, char **argv)
{
    make_namespaces(0);
    make_namespaces(CLONE_NEWUSER);
    while (wait(NULL) > 0)
        ;
    enter_namespaces();
    mount_things();
    change_root();
    return do_the_job(argc, argv);
}
