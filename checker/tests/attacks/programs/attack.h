/* What every attack has at hand: a way to tell of a success, and the lesson's job done right.
   The test puts this text in the place of the #include, and fills in the words between at signs. */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define OURS __attribute__((unused)) static

/* In the name of everything that an attack leaves behind: the test looks for it afterwards. */
OURS const char *MARK = "@MARK@";
/* The same for System V, where names are numbers. */
OURS const int KEY = @KEY@;
/* Folders of the machine that no program may see. */
OURS const char *COURSE = "@COURSE@", *HOME = "@HOME@";

/* Says that an attack has succeeded: the test fails by it, whatever the verdict is. */
__attribute__((unused, format(printf, 1, 2))) static void breach(const char *form, ...)
{
    char text[600] = "BREACH: ";
    va_list arguments;
    va_start(arguments, form);
    int length = vsnprintf(text + 8, sizeof text - 16, form, arguments);
    va_end(arguments);
    length = 8 + (length > 580 ? 580 : length);
    text[length] = '\n';
    if (write(2, text, length + 1) < 0)
        abort();
}

/* The name of a file that others can find, too. */
OURS const char *marked(const char *folder, const char *name)
{
    static char path[4][512];
    static int next;
    char *mine = path[next++ % 4];
    snprintf(mine, sizeof path[0], "%s/%s-%s", folder, MARK, name);
    return mine;
}

OURS void nap(long millis)
{
    struct timespec time = { millis / 1000, millis % 1000 * 1000000L };
    while (nanosleep(&time, &time) < 0 && errno == EINTR)
        ;
}

/* A connection to HOST PORT, or -1. */
OURS int connect_to(const char *host, const char *port)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;
    int fd = -1;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return -1;
    for (struct addrinfo *one = found; one && fd < 0; one = one->ai_next) {
        fd = socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd >= 0 && connect(fd, one->ai_addr, one->ai_addrlen) < 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    return fd;
}

/* Prints the body of the response on this stream. */
OURS void print_body(FILE *stream)
{
    char line[1024];
    long length = 0;
    while (fgets(line, sizeof line, stream) && line[0] != '\r')
        if (strncasecmp(line, "content-length:", 15) == 0)
            length = strtol(line + 15, NULL, 10);
    for (int byte; length > 0 && (byte = fgetc(stream)) != EOF; length--)
        putchar(byte);
    fflush(stdout);
}

/* What the lesson asks for, done right; the exit code. */
OURS int do_the_job(int argc, char **argv)
{
    int fd = connect_to(argv[1], argv[2]);
    if (fd < 0)
        return 1;
    FILE *stream = fdopen(fd, "r");
    for (int i = 3; i < argc || i == 3; i++) {
        dprintf(fd, "GET %s HTTP/1.1\r\nHost: %s:%s\r\n\r\n", argc > 3 ? argv[i] : "/", argv[1], argv[2]);
        print_body(stream);
    }
    fclose(stream);
    return 0;
}

/* Ends the program unless it is alone: what kills must not run where others are in sight. */
OURS void be_alone(void)
{
    int processes = 0;
    DIR *all = opendir("/proc");
    for (struct dirent *entry; all && (entry = readdir(all));)
        processes += atoi(entry->d_name) > 0;
    if (getpid() > 50 || processes < 1 || processes > 4) {
        breach("%d processes are in sight of %d", processes, getpid());
        exit(3);
    }
    closedir(all);
}

/* Memory that all children share, beginning with zeros. */
OURS long *shared_numbers(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}
