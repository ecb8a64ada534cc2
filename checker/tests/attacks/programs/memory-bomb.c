/* Takes memory of one sort until there is no more, then does the job. 4.5 GiB for one run are far too much. */

#include "attack.h"
#include <sys/shm.h>

#define PIECE (64L << 20)
#define FAR_TOO_MANY 72
#define CHILDREN 8
#define WAY "@WAY@"

/* Of each page one byte, so that it is there; and a sign of life, so that nobody gives us up. */
static void touch(char *piece)
{
    if (write(2, ".", 1) < 0)
        abort();
    for (long at = 0; at < PIECE; at += 4096)
        piece[at] = 1;
}

static char *map(int flags, int fd)
{
    char *piece = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, flags, fd, 0);
    return piece == MAP_FAILED ? NULL : piece;
}

/* Another piece, and it counts for nobody once it is not mapped any more. */
static int take_unmapped(void)
{
    static char zeros[1 << 20];
    int fd = memfd_create(MARK, 0);
    long written = 0;
    while (fd >= 0 && written < PIECE) {
        long more = write(fd, zeros, sizeof zeros);
        if (more <= 0)
            break;
        written += more;
    }
    return written == PIECE;
}

static int take(void)
{
    char *piece = NULL;
    if (strcmp(WAY, "memfd") == 0)
        return take_unmapped();
    if (strcmp(WAY, "private") == 0)
        piece = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
    if (strcmp(WAY, "shared") == 0)
        piece = map(MAP_SHARED | MAP_ANONYMOUS, -1);
    if (strcmp(WAY, "hidden") == 0 && (piece = map(MAP_SHARED | MAP_ANONYMOUS, -1))) {
        touch(piece);
        return madvise(piece, PIECE, MADV_DONTNEED) == 0; // it keeps its content, and counts for nobody
    }
    if (strcmp(WAY, "segment") == 0) {
        int id = shmget(IPC_PRIVATE, PIECE, 0600);
        piece = id < 0 ? NULL : shmat(id, NULL, 0);
        if (piece == (char *)-1)
            piece = NULL;
    }
    if (piece)
        touch(piece);
    return piece != NULL;
}

/* Many processes, none of which has taken much, hold it together. */
static long take_together(long *pieces)
{
    for (int i = 0; i < CHILDREN; i++)
        if (fork() == 0) {
            char *piece = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
            for (; piece && *pieces < FAR_TOO_MANY; piece = map(MAP_PRIVATE | MAP_ANONYMOUS, -1)) {
                touch(piece);
                __atomic_add_fetch(pieces, 1, __ATOMIC_RELAXED);
            }
            nap(10000);
            _exit(0);
        }
    for (int i = 0; i < 160 && *pieces < FAR_TOO_MANY; i++)
        nap(50);
    return *pieces;
}

int main(int argc, char **argv)
{
    long *pieces = shared_numbers(), taken = 0;
    signal(SIGXFSZ, SIG_IGN);
    if (strcmp(WAY, "together") == 0)
        taken = take_together(pieces);
    else
        while (taken < FAR_TOO_MANY && take())
            taken++;
    if (taken >= FAR_TOO_MANY)
        breach("%ld MiB of memory (%s)", taken * (PIECE >> 20), WAY);
    return do_the_job(argc, argv);
}
