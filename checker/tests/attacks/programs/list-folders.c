/* Walks through all folders that can be read and tells of every name that belongs to the course or to a home. */

#include "attack.h"
#include <ftw.h>

static int seen;

static int look(const char *path, const struct stat *status, int kind, struct FTW *at)
{
    (void)status, (void)kind;
    static const char *words[] = { "gradebook.sqlite", "secret.txt", "mutants.toml", "checks.toml", "id_ed25519", "other-submission" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(path + at->base, words[i]) == 0 && seen++ < 20)
            breach("%s is in sight", path);
    int is_big = strncmp(path, "/usr", 4) == 0 || strcmp(path, "/opt") == 0 || strcmp(path, "/sys") == 0 || strcmp(path, "/lib") == 0;
    int is_process = strncmp(path, "/proc/", 6) == 0 && at->level == 2;
    return is_big || is_process ? FTW_SKIP_SUBTREE : FTW_CONTINUE;
}

int main(int argc, char **argv)
{
    nftw("/", look, 30, FTW_PHYS | FTW_ACTIONRETVAL);
    nftw(COURSE, look, 30, FTW_PHYS | FTW_ACTIONRETVAL);
    nftw(HOME, look, 30, FTW_PHYS | FTW_ACTIONRETVAL);
    return do_the_job(argc, argv);
}
