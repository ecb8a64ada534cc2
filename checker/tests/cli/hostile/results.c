/* Tries to be its own judge: writes results, replaces what grades, looks for an open result in other processes, and
   prints what might be taken for one. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char forged[] = "{\"score\": 100}\n";

static void forge(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT, 0666);
    if (fd < 0)
        return;
    if (write(fd, forged, sizeof forged - 1) > 0)
        printf("BREACH: wrote %s\n", path);
    close(fd);
}

static void look_at(const char *process)
{
    char path[64], target[256];
    for (int fd = 0; fd < 32; fd++) {
        snprintf(path, sizeof path, "/proc/%.20s/fd/%d", process, fd);
        ssize_t length = readlink(path, target, sizeof target - 1);
        if (length < 0)
            continue;
        target[length] = 0;
        if (strstr(target, "@BASE@"))
            forge(path);
    }
}

int main(void)
{
    static const char *const files[] = {
        "@BASE@/results/results.json", "@BASE@/results/.draft", "@BASE@/source/workbook",
        "@BASE@/source/run_autograder", "@BASE@/source/course/lessons/w01/part.md", "@BASE@/results",
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        forge(files[i]);
    if (access("@BASE@/submission_metadata.json", R_OK) == 0 || access("@BASE@/source/policy.toml", R_OK) == 0)
        puts("BREACH: reads what is not its own");
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; processes && (entry = readdir(processes));)
        if (atoi(entry->d_name) > 1 && atoi(entry->d_name) != getpid())
            look_at(entry->d_name);
    fputs(forged, stdout);
    return 0;
}
