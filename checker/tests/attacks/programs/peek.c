/* Traces, reads and writes every other process, and takes its descriptors; then does the job. */

#include "attack.h"
#include <sys/ptrace.h>
#include <sys/uio.h>

static void peek_at(pid_t process)
{
    char bytes[16], path[64];
    struct iovec mine = { bytes, sizeof bytes }, theirs = { (void *)0x400000, sizeof bytes };
    if (ptrace(PTRACE_SEIZE, process, 0, 0) == 0)
        breach("process %d is traced", process);
    if (ptrace(PTRACE_ATTACH, process, 0, 0) == 0)
        breach("process %d is attached to", process);
    if (process_vm_readv(process, &mine, 1, &theirs, 1, 0) >= 0 || errno == EFAULT)
        breach("the memory of %d can be read", process);
    if (process_vm_writev(process, &mine, 1, &theirs, 1, 0) >= 0 || errno == EFAULT)
        breach("the memory of %d can be written to", process);
    if (syscall(SYS_kcmp, process, getpid(), 1, 0, 0) >= 0)
        breach("process %d is compared", process);
    snprintf(path, sizeof path, "/proc/%d/mem", process);
    if (open(path, O_RDWR) >= 0)
        breach("%s", path);
    int handle = syscall(SYS_pidfd_open, process, 0);
    for (int fd = 0; handle >= 0 && fd < 16; fd++)
        if (syscall(SYS_pidfd_getfd, handle, fd, 0) >= 0)
            breach("descriptor %d of %d", fd, process);
    if (handle >= 0) {
        syscall(SYS_process_madvise, handle, &theirs, 1, 21, 0);
        if (syscall(SYS_process_mrelease, handle, 0) == 0)
            breach("memory of %d is given back", process);
        close(handle);
    }
}

int main(int argc, char **argv)
{
    for (pid_t process = 1; process < 70000; process++)
        if (process != getpid() && (kill(process, 0) == 0 || errno == EPERM))
            peek_at(process);
    peek_at(getppid());
    if (ptrace(PTRACE_TRACEME, 0, 0, 0) == 0 && getppid() != 0 && kill(getppid(), 0) == 0)
        ptrace(PTRACE_DETACH, getpid(), 0, 0);
    return do_the_job(argc, argv);
}
