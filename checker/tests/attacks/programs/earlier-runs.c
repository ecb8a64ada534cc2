/* Looks for what an earlier run has left, then leaves something of every sort itself, and does the job. Played in
   several scenarios, and by two checks at once: none may find anything of another. */

#include "attack.h"
#include <mqueue.h>
#include <semaphore.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#define LISTENER 4747

static void names(void)
{
    static const char *folders[] = { ".", "/tmp", "/dev/shm", "/var/tmp", "/run", "/var/lock", "/dev/mqueue", "/home" };
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (access(marked(folders[i], "left"), F_OK) == 0)
            breach("an earlier run has left %s", marked(folders[i], "left"));
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        close(open(marked(folders[i], "left"), O_WRONLY | O_CREAT, 0666));
}

static void system_five(void)
{
    if (shmget(KEY, 4096, 0) >= 0)
        breach("an earlier run has left shared memory");
    if (semget(KEY, 1, 0) >= 0)
        breach("an earlier run has left semaphores");
    if (msgget(KEY, 0) >= 0)
        breach("an earlier run has left a message queue");
    shmget(KEY, 4096, IPC_CREAT | 0666), semget(KEY, 1, IPC_CREAT | 0666), msgget(KEY, IPC_CREAT | 0666);
}

static void posix(void)
{
    char name[300];
    snprintf(name, sizeof name, "/%s", MARK);
    if (mq_open(name, O_RDONLY) >= 0)
        breach("an earlier run has left a POSIX queue");
    if (shm_open(name, O_RDONLY, 0) >= 0)
        breach("an earlier run has left POSIX memory");
    if (sem_open(name, 0) != SEM_FAILED)
        breach("an earlier run has left a POSIX semaphore");
    mq_open(name, O_CREAT | O_RDWR, 0666, NULL), shm_open(name, O_CREAT | O_RDWR, 0666), sem_open(name, O_CREAT, 0666, 1);
}

static void sockets(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t length = offsetof(struct sockaddr_un, sun_path) + 1 + snprintf(address.sun_path + 1, 100, "%s-run", MARK);
    struct sockaddr_in listener = { .sin_family = AF_INET, .sin_port = htons(LISTENER) };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (bind(fd, (struct sockaddr *)&address, length) < 0)
        breach("an earlier run still has its unix socket");
    listen(fd, 5);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(fd, (struct sockaddr *)&listener, sizeof listener) < 0)
        breach("an earlier run still has its port");
    listen(fd, 5);
}

int main(int argc, char **argv)
{
    names();
    system_five();
    posix();
    sockets();
    if (fork() == 0) {
        setsid();
        for (;;)
            pause();
    }
    return do_the_job(argc, argv);
}
