/* Opens sockets of the families by which one reaches the hardware, the kernel, or the machine below; then does the job. */

#include "attack.h"
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/ioctl.h>

static void open_families(void)
{
    static const struct { const char *name; int family, type, protocol; } sockets[] = {
        { "AF_PACKET raw", AF_PACKET, SOCK_RAW, 0x300 }, { "AF_PACKET datagram", AF_PACKET, SOCK_DGRAM, 0x300 },
        { "raw TCP", AF_INET, SOCK_RAW, IPPROTO_TCP }, { "raw IP", AF_INET, SOCK_RAW, IPPROTO_RAW },
        { "raw ICMPv6", AF_INET6, SOCK_RAW, IPPROTO_ICMPV6 }, { "AF_VSOCK", AF_VSOCK, SOCK_STREAM, 0 },
        { "AF_ALG", AF_ALG, SOCK_SEQPACKET, 0 }, { "AF_BLUETOOTH", AF_BLUETOOTH, SOCK_RAW, 1 }, { "AF_CAN", AF_CAN, SOCK_RAW, 1 },
        { "AF_KEY", AF_KEY, SOCK_RAW, 2 }, { "AF_XDP", AF_XDP, SOCK_RAW, 0 }, { "AF_TIPC", AF_TIPC, SOCK_STREAM, 0 },
        { "AF_RDS", AF_RDS, SOCK_SEQPACKET, 0 }, { "AF_SMC", AF_SMC, SOCK_STREAM, 0 }, { "AF_NFC", AF_NFC, SOCK_RAW, 0 },
    };
    for (size_t i = 0; i < sizeof sockets / sizeof *sockets; i++) {
        int fd = socket(sockets[i].family, sockets[i].type, sockets[i].protocol);
        if (fd >= 0)
            breach("a socket of the kind %s", sockets[i].name);
        if (fd >= 0)
            close(fd);
    }
}

/* Asks for the removal of all routes and for lo to go down: neither is ours to change. */
static void change_the_network(void)
{
    struct {
        struct nlmsghdr header;
        struct rtmsg route;
    } request = {
        { sizeof request, RTM_DELROUTE, NLM_F_REQUEST | NLM_F_ACK, 1, 0 },
        { .rtm_family = AF_INET, .rtm_table = RT_TABLE_LOCAL, .rtm_protocol = 0, .rtm_scope = RT_SCOPE_NOWHERE },
    };
    struct {
        struct nlmsghdr header;
        struct nlmsgerr error;
    } answer = { 0 };
    int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    if (fd >= 0 && send(fd, &request, sizeof request, 0) > 0 && recv(fd, &answer, sizeof answer, 0) > 0 && answer.error.error == 0)
        breach("a route is removed");
    close(fd);
    struct ifreq lo = { .ifr_name = "lo" };
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (ioctl(fd, SIOCSIFFLAGS, &lo) == 0)
        breach("lo is down");
    lo.ifr_mtu = 68;
    if (ioctl(fd, SIOCSIFMTU, &lo) == 0)
        breach("packets are smaller");
    close(fd);
    int on = 1;
    fd = socket(AF_INET, SOCK_STREAM, 0);
    if (setsockopt(fd, SOL_SOCKET, SO_MARK, &on, sizeof on) == 0 || setsockopt(fd, IPPROTO_TCP, 19 /* TCP_REPAIR */, &on, sizeof on) == 0)
        breach("rights over the network");
    close(fd);
}

int main(int argc, char **argv)
{
    open_families();
    change_the_network();
    return do_the_job(argc, argv);
}
