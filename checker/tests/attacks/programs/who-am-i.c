/* Tells of every right that a program must not have; then does the job. */

#include "attack.h"
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/utsname.h>

/* The value of a line of /proc/self/status. */
static const char *status(const char *name)
{
    static char line[256];
    FILE *file = fopen("/proc/self/status", "r");
    size_t length = strlen(name);
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, name, length) == 0 && line[length] == ':') {
            fclose(file);
            line[strcspn(line, "\n")] = 0;
            return line + length + 2;
        }
    if (file)
        fclose(file);
    return "?";
}

static void expect(const char *name, const char *value)
{
    const char *found = status(name);
    if (strcmp(found, value) != 0)
        breach("%s is %s", name, found);
}

int main(int argc, char **argv)
{
    expect("CapInh", "0000000000000000");
    expect("CapPrm", "0000000000000000");
    expect("CapEff", "0000000000000000");
    expect("CapBnd", "0000000000000000");
    expect("CapAmb", "0000000000000000");
    expect("NoNewPrivs", "1");
    expect("Seccomp", "2");
    if (getuid() == 0 || geteuid() == 0 || getgid() == 0)
        breach("it is root");
    unsigned int inside, outside = 1, amount;
    FILE *map = fopen("/proc/self/uid_map", "r");
    if (map && fscanf(map, "%u %u %u", &inside, &outside, &amount) == 3 && amount > 1)
        breach("%u users are mapped", amount);
    if (map)
        fclose(map);
    if (prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0)
        breach("new rights are possible again");
    if (prctl(PR_SET_SECUREBITS, 0, 0, 0, 0) == 0 || prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 21, 0, 0) == 0)
        breach("capabilities can be raised");
    int terminal = open("/dev/tty", O_RDWR | O_NONBLOCK);
    if (terminal >= 0) {
        breach("the grader's terminal");
        close(terminal);
    }
    for (int fd = 0; fd < 3; fd++)
        if (ioctl(fd, TIOCSTI, "x") == 0)
            breach("it types on the grader's terminal");
    return do_the_job(argc, argv);
}
