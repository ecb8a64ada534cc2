/* Gets one response, then waits in the way that the third argument names. Whoever gets on prints "done". */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MILLIS 200

static int fd;
static char buffer[4096];

static void nap(void)
{
    struct timespec time = { 0, MILLIS * 1000000L };
    nanosleep(&time, NULL);
}

static void nothing(int signal)
{
    (void)signal;
}

static void handle(int signal)
{
    struct sigaction action = { .sa_handler = nothing };
    sigaction(signal, &action, NULL);
}

static void *receive(void *unused)
{
    (void)unused;
    recv(fd, buffer, sizeof buffer, 0);
    return NULL;
}

static void *nap_and_shut_down(void *unused)
{
    (void)unused;
    nap();
    shutdown(fd, SHUT_RDWR);
    return NULL;
}

static int wait_in_epoll(int millis)
{
    struct epoll_event event = { .events = EPOLLIN };
    int epoll = epoll_create1(0);
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    return epoll_wait(epoll, &event, 1, millis);
}

static void wait_in_select(struct timeval *time)
{
    fd_set set;
    FD_ZERO(&set);
    FD_SET(fd, &set);
    select(fd + 1, &set, NULL, NULL, time);
}

/* Ways that never end. */
static void wait_for_ever(const char *way)
{
    struct pollfd one = { .fd = fd, .events = POLLIN };
    pthread_t thread;
    if (strcmp(way, "recv") == 0)
        recv(fd, buffer, sizeof buffer, 0);
    if (strcmp(way, "read") == 0)
        read(fd, buffer, sizeof buffer);
    if (strcmp(way, "recvmsg") == 0) {
        struct iovec part = { buffer, sizeof buffer };
        struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
        recvmsg(fd, &message, 0);
    }
    if (strcmp(way, "poll") == 0)
        poll(&one, 1, -1);
    if (strcmp(way, "select") == 0)
        wait_in_select(NULL);
    if (strcmp(way, "epoll") == 0)
        wait_in_epoll(-1);
    if (strcmp(way, "thread") == 0) {
        pthread_create(&thread, NULL, receive, NULL);
        pthread_join(thread, NULL);
    }
    if (strcmp(way, "child") == 0) {
        if (fork() == 0)
            receive(NULL);
        wait(NULL);
    }
    if (strcmp(way, "half-close") == 0) {
        shutdown(fd, SHUT_WR);
        recv(fd, buffer, sizeof buffer, 0);
    }
}

/* Ways that end after a while. */
static void wait_for_a_while(const char *way)
{
    struct pollfd two[2] = { { .fd = fd, .events = POLLIN }, { .events = POLLIN } };
    struct timeval timeval = { 0, MILLIS * 1000 };
    struct timespec timespec = { 0, MILLIS * 1000000L };
    pthread_t thread;
    if (strcmp(way, "receive-timeout") == 0) {
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeval, sizeof timeval);
        recv(fd, buffer, sizeof buffer, 0);
    }
    if (strcmp(way, "poll-timeout") == 0)
        poll(two, 1, 500);
    if (strcmp(way, "ppoll-timeout") == 0)
        ppoll(two, 1, &timespec, NULL);
    if (strcmp(way, "select-timeout") == 0)
        wait_in_select(&timeval);
    if (strcmp(way, "epoll-timeout") == 0)
        wait_in_epoll(MILLIS);
    if (strcmp(way, "alarm") == 0) {
        struct itimerval timer = { .it_value = timeval };
        handle(SIGALRM);
        setitimer(ITIMER_REAL, &timer, NULL);
        recv(fd, buffer, sizeof buffer, 0);
    }
    if (strcmp(way, "posix-timer") == 0) {
        struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
        struct itimerspec in = { .it_value = timespec };
        timer_t timer;
        handle(SIGUSR1);
        timer_create(CLOCK_MONOTONIC, &event, &timer);
        timer_settime(timer, 0, &in, NULL);
        recv(fd, buffer, sizeof buffer, 0);
    }
    if (strcmp(way, "timer-descriptor") == 0) {
        struct itimerspec in = { .it_value = timespec };
        two[1].fd = timerfd_create(CLOCK_MONOTONIC, 0);
        timerfd_settime(two[1].fd, 0, &in, NULL);
        poll(two, 2, -1);
    }
    if (strcmp(way, "sleeping-thread") == 0) {
        pthread_create(&thread, NULL, nap_and_shut_down, NULL);
        recv(fd, buffer, sizeof buffer, 0);
        pthread_join(thread, NULL);
    }
    if (strcmp(way, "sleeping-child") == 0) {
        handle(SIGCHLD);
        if (fork() == 0) {
            nap();
            _exit(0);
        }
        recv(fd, buffer, sizeof buffer, 0);
    }
    if (strcmp(way, "thread-with-timeout") == 0) {
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeval, sizeof timeval);
        pthread_create(&thread, NULL, receive, NULL);
        pthread_join(thread, NULL);
    }
    if (strcmp(way, "sleep") == 0)
        nap();
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(atoi(argv[2])) };
    size_t length = 0;
    ssize_t got;
    if (argc < 4)
        return 2;
    inet_pton(AF_INET, argv[1], &address.sin_addr);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        return 1;
    dprintf(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    while (length < 5 || memcmp(buffer + length - 5, "body\n", 5) != 0) {
        got = recv(fd, buffer + length, sizeof buffer - length, 0);
        if (got <= 0)
            return 1;
        length += got;
    }
    wait_for_ever(argv[3]);
    wait_for_a_while(argv[3]);
    printf("done\n");
    return 0;
}
