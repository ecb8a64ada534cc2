/* Calls what only the system's owner may call, or what has been a way out before; then does the job. Of each call
   a form that does no harm where it is allowed. */

#include "attack.h"
#include <linux/io_uring.h>
#include <linux/reboot.h>
#include <sys/prctl.h>

struct call {
    const char *name;
    long number, arguments[5];
};

static char zeros[4096];
static struct timespec now;

/* A privileged call that is let through fails with something else than these, or not at all. */
static int is_refused(int error)
{
    return error == EPERM || error == EACCES || error == ENOSYS;
}

int main(int argc, char **argv)
{
    clock_gettime(CLOCK_REALTIME, &now);
    long zero = (long)zeros;
    const struct call calls[] = {
        { "bpf", SYS_bpf, { 0, zero, 72 } },
        { "perf_event_open", SYS_perf_event_open, { zero, 0, -1, -1 } },
        { "add_key", SYS_add_key, { (long)"user", (long)"attack", zero, 8, -2 } },
        { "request_key", SYS_request_key, { (long)"user", (long)"attack", 0, -2 } },
        { "keyctl", SYS_keyctl, { 0, -3, 0 } },
        { "userfaultfd", SYS_userfaultfd, { 0 } },
        { "io_uring_setup", SYS_io_uring_setup, { 1, zero } },
        { "kexec_load", SYS_kexec_load, { 0, 0, zero, 0 } },
        { "kexec_file_load", SYS_kexec_file_load, { -1, -1, 1, zero, 0 } },
        { "init_module", SYS_init_module, { zero, 16, zero } },
        { "finit_module", SYS_finit_module, { 0, zero, 0 } },
        { "delete_module", SYS_delete_module, { (long)"no such module", O_NONBLOCK } },
        { "reboot", SYS_reboot, { LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_CAD_OFF, 0 } },
        { "swapon", SYS_swapon, { (long)"/no/such/file", 0 } },
        { "swapoff", SYS_swapoff, { (long)"/no/such/file" } },
        { "acct", SYS_acct, { 0 } },
        { "clock_settime", SYS_clock_settime, { 0, (long)&now } },
        { "sethostname", SYS_sethostname, { (long)"attack", 6 } },
        { "setdomainname", SYS_setdomainname, { (long)"attack", 6 } },
        { "syslog", SYS_syslog, { 3, zero, 64 } },
        { "quotactl", SYS_quotactl, { 0x800007, zero, 0, zero } },
        { "vhangup", SYS_vhangup, { 0 } },
        { "open_by_handle_at", SYS_open_by_handle_at, { AT_FDCWD, zero, 0 } },
        { "fanotify_init", SYS_fanotify_init, { 4, 0 } },
        { "setgroups", SYS_setgroups, { 0, 0 } },
#ifdef SYS_iopl
        { "iopl", SYS_iopl, { 3 } },
        { "ioperm", SYS_ioperm, { 0x60, 1, 1 } },
#endif
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        const long *with = calls[i].arguments;
        long result = syscall(calls[i].number, with[0], with[1], with[2], with[3], with[4]);
        if (result >= 0 || !is_refused(errno))
            breach("%s gives %ld (%s)", calls[i].name, result, result < 0 ? strerror(errno) : "success");
    }
    return do_the_job(argc, argv);
}
