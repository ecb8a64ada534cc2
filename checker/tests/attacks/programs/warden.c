/* Runs a command and tells which of its descendants outlive it: whoever has lost its parent comes to us.

       warden REPORT MILLIS COMMAND [ARGUMENT ...]

   With MILLIS other than 0 the command is killed after so long, without a chance to clean up. The names of the
   survivors go to the file REPORT, one a line, and they are ended. */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What has been killed needs a moment to be gone, longer on a busy machine. */
#define GRACE_MILLIS 10000

static void nap(long millis)
{
    struct timespec time = { millis / 1000, millis % 1000 * 1000000L };
    nanosleep(&time, NULL);
}

static int parent_of(int process, char *name)
{
    char path[64], line[512], *behind;
    int parent = -1;
    snprintf(path, sizeof path, "/proc/%d/stat", process);
    FILE *file = fopen(path, "r");
    if (file && fgets(line, sizeof line, file) && (behind = strrchr(line, ')'))) {
        *behind = 0;
        snprintf(name, 64, "%s", strchr(line, '(') + 1);
        sscanf(behind + 1, " %*c %d", &parent);
    }
    if (file)
        fclose(file);
    return parent;
}

static int is_below(int process)
{
    char name[64];
    while (process > 1 && process != getpid())
        process = parent_of(process, name);
    return process == getpid();
}

static void end_survivors(FILE *report)
{
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; (entry = readdir(processes));) {
        int process = atoi(entry->d_name);
        char name[64] = "?";
        if (process <= 1 || process == getpid() || !is_below(process))
            continue;
        parent_of(process, name);
        fprintf(report, "%d %s\n", process, name);
        kill(process, SIGKILL);
    }
    closedir(processes);
}

/* Waits for orphans; whether all are gone. */
static int is_alone(void)
{
    for (int waited = 0; waited < GRACE_MILLIS; nap(5), waited += 5) {
        pid_t ended;
        while ((ended = waitpid(-1, NULL, WNOHANG)) > 0)
            ;
        if (ended < 0 && errno == ECHILD)
            return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    int code, millis;
    if (argc < 4)
        return 125;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    FILE *report = fopen(argv[1], "w");
    millis = atoi(argv[2]);
    pid_t command = fork();
    if (command == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        fclose(report);
        execv(argv[3], argv + 3);
        _exit(126);
    }
    if (millis) {
        nap(millis);
        kill(command, SIGKILL);
    }
    pid_t ended;
    while ((ended = wait(&code)) != command)
        if (ended < 0 && errno != EINTR)
            return 125;
    if (!is_alone())
        end_survivors(report);
    fclose(report);
    return WIFEXITED(code) ? WEXITSTATUS(code) : 128 + WTERMSIG(code);
}
