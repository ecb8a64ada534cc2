/* Fills every folder that can be written to: with bytes, with empty files, with one huge hole, or with folders in folders. */

#include "attack.h"
#include <sys/resource.h>
#include <sys/statvfs.h>

#define WAY "@WAY@"
#define MOST_BYTES (1L << 30)
#define MOST_FILES 200000
#define DEEP 20000

static const char *FOLDERS[] = { ".", "/tmp", "/dev/shm", "/var/tmp", "/run", "/dev", "/home", "/" };

static void fill_with_bytes(const char *folder)
{
    static char bytes[1 << 20];
    long written = 0, more = 1;
    for (int number = 0; more > 0 && written < MOST_BYTES; number++) {
        char name[64];
        snprintf(name, sizeof name, "bytes-%d", number);
        int fd = open(marked(folder, name), O_WRONLY | O_CREAT, 0600);
        if (fd < 0)
            return;
        for (long file = 0; file < (48L << 20) && (more = write(fd, bytes, sizeof bytes)) > 0; file += more)
            written += more;
        close(fd);
    }
    if (written >= MOST_BYTES)
        breach("%ld MiB in %s", written >> 20, folder);
}

static void fill_with_files(const char *folder)
{
    char name[64];
    for (long number = 0; number < MOST_FILES; number++) {
        snprintf(name, sizeof name, "file-%ld", number);
        int fd = open(marked(folder, name), O_WRONLY | O_CREAT, 0600);
        if (fd < 0)
            return;
        close(fd);
    }
    breach("%d files in %s", MOST_FILES, folder);
}

static void make_a_hole(const char *folder)
{
    int fd = open(marked(folder, "hole"), O_RDWR | O_CREAT, 0600);
    if (fd < 0)
        return;
    if (ftruncate(fd, 1L << 40) == 0)
        breach("a file of 1 TiB in %s", folder);
    if (fallocate(fd, 0, 0, 1L << 31) == 0)
        breach("2 GiB are set aside in %s", folder);
    if (pwrite(fd, "x", 1, 1L << 41) == 1)
        breach("a byte at 2 TiB in %s", folder);
    close(fd);
}

static void nest(const char *folder)
{
    char name[200];
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = 0;
    int home = open(".", O_RDONLY | O_DIRECTORY), depth = 0;
    if (chdir(folder) == 0 && mkdir(MARK, 0700) == 0 && chdir(MARK) == 0)
        while (depth < DEEP && mkdir(name, 0700) == 0 && chdir(name) == 0)
            depth++;
    if (fchdir(home) < 0)
        abort();
    close(home);
}

int main(int argc, char **argv)
{
    signal(SIGXFSZ, SIG_IGN);
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++) {
        if (strcmp(WAY, "bytes") == 0)
            fill_with_bytes(FOLDERS[i]);
        if (strcmp(WAY, "files") == 0)
            fill_with_files(FOLDERS[i]);
        if (strcmp(WAY, "hole") == 0)
            make_a_hole(FOLDERS[i]);
        if (strcmp(WAY, "nest") == 0)
            nest(FOLDERS[i]);
    }
    return do_the_job(argc, argv);
}
