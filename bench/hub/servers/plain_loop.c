/* The limit: one thread that writes a frame to every socket, one send() each, and does nothing else.
 *
 *   plain_loop PORT
 *
 * Answers the handshake of the benchmark's own client only, whose key is fixed.
 * plain_loop.py does the same where no compiler is.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 16384, CHUNK = 65536 };
static const char ANSWER[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

static int members[MOST], count, opened[65536];
static unsigned char held[2 * CHUNK];
static size_t held_len;

/* Every whole client frame (126 to 65535 bytes, mask zero) goes to everybody as a server frame. */
static void broadcast_held(void) {
    size_t at = 0;
    while (held_len - at >= 8) {
        size_t len = (size_t)held[at + 2] << 8 | held[at + 3];
        if (held_len - at < 8 + len) break;
        unsigned char *frame = held + at + 4;
        memcpy(frame, (unsigned char[]){0x81, 126, held[at + 2], held[at + 3]}, 4);
        for (int i = 0; i < count; i++)
            if (send(members[i], frame, len + 4, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)len + 4) exit(1);
        at += 8 + len;
    }
    memmove(held, held + at, held_len -= at);
}

static void serve(int fd) {
    ssize_t got = recv(fd, held + held_len, CHUNK, 0);
    if (got <= 0) {
        close(fd);
        for (int i = 0; i < count; i++)
            if (members[i] == fd) members[i] = members[--count];
        return;
    }
    if (!opened[fd]) {
        opened[fd] = 1;
        /* The publisher's path is /publish; it gets nothing itself. */
        if (!memmem(held + held_len, (size_t)got, "/publish", 8)) members[count++] = fd;
        send(fd, ANSWER, sizeof ANSWER - 1, MSG_NOSIGNAL);
        return;
    }
    held_len += (size_t)got;
    broadcast_held();
}

int main(int argc, char **argv) {
    int listening = socket(AF_INET, SOCK_STREAM, 0), epoll_fd = epoll_create1(0), yes = 1;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[argc - 1]))};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listening, (struct sockaddr *)&at, sizeof at) < 0 || listen(listening, 4096) < 0) return 1;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listening}, events[512];
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listening, &event);
    for (;;) {
        int found = epoll_wait(epoll_fd, events, 512, -1);
        for (int i = 0; i < found; i++) {
            if (events[i].data.fd != listening) { serve(events[i].data.fd); continue; }
            int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
            if (fd < 0) continue;
            opened[fd] = 0;
            event = (struct epoll_event){.events = EPOLLIN, .data.fd = fd};
            epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
        }
    }
}
