/* An audience: many sockets in one epoll loop that follow something, count what arrives and take its age.
 *
 *   client PORT ws|raw AUDIENCE COMPLETIONS_FD AT_ONCE SCRIPT COUNT [SCRIPT COUNT ...]
 *
 * A SCRIPT file holds pairs of (bytes to send, bytes to expect), each led by its length as 4 bytes, little
 * endian; a socket that went through its script listens. A publication carries a stamp, MARK and 16 hexadecimal
 * digits: the CLOCK_MONOTONIC of its sending in nanoseconds. Only stamps are looked for: nothing is parsed.
 * For every AUDIENCE stamps one byte is written to COMPLETIONS_FD. Commands on standard input: "reset",
 * "stats"; its end is ours. client_twin.py does the same where no compiler is.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MARK "@sent:"
enum { MARK_LEN = sizeof MARK - 1, STAMP = MARK_LEN + 16, TAIL = 63, CHUNK = 256 * 1024, STEPS = 8 };
/* Ages up to 20 s in steps of 10 us; what is older counts as 20 s. */
enum { BUCKET_NS = 10000, BUCKETS = 2000000 };
/* The hub lets 500 visitors in from one address, so they come from many. */
enum { PER_ADDRESS = 400, CONNECTING = 64 };

typedef struct { uint32_t len; const unsigned char *bytes; } text;
typedef struct { text send[STEPS], expect[STEPS]; int steps; } script;
typedef struct {
    const script *script;
    int fd, step, tail_len, head_len, control_len;
    bool connected, in_frames;
    unsigned count;
    uint64_t left;
    unsigned char tail[TAIL], head[14], control[125];
} follower;

static int port, epoll_fd, completions_fd, connecting, most_connecting, ready, failed, closed;
static bool websocket, ready_told;
static uint64_t audience, total, since_reset, completed, frames, received;
static uint32_t ages[BUCKETS], last_ages[BUCKETS];
static follower *followers;
static int count, next_to_connect;
static double began;
static unsigned char area[TAIL + CHUNK];

static uint64_t now_ns(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (uint64_t)at.tv_sec * 1000000000u + (uint64_t)at.tv_nsec;
}

static void die(const char *what) { perror(what); exit(1); }

static script *read_script(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) die(path);
    script *made = calloc(1, sizeof *made);
    uint32_t len;
    for (int i = 0; fread(&len, 4, 1, file) == 1 && i < 2 * STEPS; i++) {
        unsigned char *bytes = malloc(len + 1);
        if (fread(bytes, 1, len, file) != len) die("script");
        *(i % 2 ? &made->expect[i / 2] : &made->send[i / 2]) = (text){len, bytes};
        made->steps = i / 2 + 1;
    }
    fclose(file);
    return made;
}

static void tell(follower *f, const void *bytes, size_t len) {
    if (len && send(f->fd, bytes, len, MSG_NOSIGNAL) != (ssize_t)len) shutdown(f->fd, SHUT_RDWR);
}

static void connect_next(void) {
    while (connecting < most_connecting && next_to_connect < count) {
        int i = next_to_connect++, yes = 1;
        follower *f = &followers[i];
        f->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (f->fd < 0) die("socket");
        struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET, .sin_port = htons(port)};
        from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + i / PER_ADDRESS);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        setsockopt(f->fd, IPPROTO_IP, 24 /* IP_BIND_ADDRESS_NO_PORT */, &yes, sizeof yes);
        if (bind(f->fd, (struct sockaddr *)&from, sizeof from) < 0) die("bind");
        if (connect(f->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) die("connect");
        struct epoll_event event = {.events = EPOLLOUT, .data.ptr = f};
        epoll_ctl(epoll_fd, EPOLL_CTL_ADD, f->fd, &event);
        connecting++;
    }
}

static void tell_if_ready(void) {
    if (ready_told || ready + failed < count) return;
    ready_told = true;
    printf("{\"connected\": %d, \"failed\": %d, \"seconds\": %.4f}\n", ready, failed, now_ns() / 1e9 - began);
    fflush(stdout);
}

static void end(follower *f) {
    if (f->step < f->script->steps) { failed++; connecting--; } else closed++;
    close(f->fd);
    f->fd = -1;
    connect_next();
    tell_if_ready();
}

static void note_age(uint32_t *buckets, uint64_t age_ns) {
    uint64_t bucket = age_ns / BUCKET_NS;
    buckets[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
}

static uint64_t hexadecimal(const unsigned char *digits) {
    uint64_t value = 0;
    for (int i = 0; i < 16; i++) value = value << 4 | (digits[i] <= '9' ? digits[i] - '0' : digits[i] - 'a' + 10);
    return value;
}

static void arrived(follower *f, const unsigned char *stamp, uint64_t now) {
    uint64_t age = now - hexadecimal(stamp);
    f->count++;
    total++;
    note_age(ages, age);
    if (++since_reset % audience == 0) note_age(last_ages, age);
}

static int head_size(const follower *f) {
    if (f->head_len < 2) return 2;
    int len = f->head[1] & 127;
    return len == 126 ? 4 : len == 127 ? 10 : 2;
}

/* Follows frame borders for one purpose: a ping must be answered, or the server cuts us. */
static void walk_frames(follower *f, const unsigned char *at, const unsigned char *end) {
    while (at < end) {
        if (f->head_len < head_size(f)) {
            f->head[f->head_len++] = *at++;
            int size = head_size(f);
            if (f->head_len < size) continue;
            f->left = size == 2 ? f->head[1] & 127 : 0;
            for (int i = 2; i < size; i++) f->left = f->left << 8 | f->head[i];
            f->control_len = 0;
        }
        uint64_t part = (uint64_t)(end - at) < f->left ? (uint64_t)(end - at) : f->left;
        if ((f->head[0] & 15) == 9 && f->control_len + part <= sizeof f->control) {
            memcpy(f->control + f->control_len, at, part);
            f->control_len += (int)part;
        }
        at += part;
        f->left -= part;
        if (f->left) return;
        if ((f->head[0] & 15) == 9) {
            unsigned char pong[6 + sizeof f->control] = {0x8a, (unsigned char)(0x80 | f->control_len)};
            memcpy(pong + 6, f->control, (size_t)f->control_len);
            tell(f, pong, 6 + (size_t)f->control_len);
        } else frames++;
        f->head_len = 0;
    }
}

static void keep_tail(follower *f, const unsigned char *from, const unsigned char *end, int most) {
    if (end - from > most) from = end - most;
    f->tail_len = (int)(end - from);
    memcpy(f->tail, from, (size_t)f->tail_len);
}

/* The next steps of the script that the bytes complete; NULL while an expectation is open. */
static const unsigned char *follow_script(follower *f, const unsigned char *at, const unsigned char *end) {
    while (f->step < f->script->steps) {
        text expected = f->script->expect[f->step];
        const unsigned char *found = memmem(at, (size_t)(end - at), expected.bytes, expected.len);
        if (!found) {
            keep_tail(f, at, end, (int)expected.len - 1);
            return NULL;
        }
        at = found + expected.len;
        if (websocket && !f->in_frames) {
            f->in_frames = true;
            walk_frames(f, at, end);
        }
        if (++f->step < f->script->steps) tell(f, f->script->send[f->step].bytes, f->script->send[f->step].len);
        else { ready++; connecting--; }
    }
    connect_next();
    tell_if_ready();
    return at;
}

static void take(follower *f, int got) {
    const unsigned char *at = area + TAIL - f->tail_len, *end = area + TAIL + got, *found;
    uint64_t now = now_ns();
    received += (uint64_t)got;
    memcpy(area + TAIL - f->tail_len, f->tail, (size_t)f->tail_len);
    if (f->in_frames) walk_frames(f, area + TAIL, end);
    if (f->step < f->script->steps && !(at = follow_script(f, at, end))) return;
    while ((found = memmem(at, (size_t)(end - at), MARK, MARK_LEN)) && end - found >= STAMP) {
        arrived(f, found + MARK_LEN, now);
        at = found + STAMP;
    }
    keep_tail(f, found ? found : at, end, found ? STAMP - 1 : MARK_LEN - 1);
}

static void tell_completed(void) {
    static const char bytes[4096];
    while (completed < total / audience) {
        uint64_t more = total / audience - completed;
        ssize_t wrote = write(completions_fd, bytes, more < sizeof bytes ? more : sizeof bytes);
        if (wrote <= 0) return;
        completed += (uint64_t)wrote;
    }
}

static double percentile_ms(const uint32_t *buckets, double share) {
    uint64_t all = 0, seen = 0;
    for (int i = 0; i < BUCKETS; i++) all += buckets[i];
    if (!all) return -1;
    for (int i = 0; i < BUCKETS; i++)
        if ((seen += buckets[i]) >= share * all) return (i + 1) * (BUCKET_NS / 1e6);
    return BUCKETS * (BUCKET_NS / 1e6);
}

static void tell_stats(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    unsigned least = ~0u;
    for (int i = 0; i < count; i++)
        if (followers[i].count < least) least = followers[i].count;
    printf("{\"deliveries\": %lu, \"least\": %u, \"frames\": %lu, \"bytes\": %lu, \"closed\": %d, \"cpu_s\": %.6f, ",
           (unsigned long)since_reset, least, (unsigned long)frames, (unsigned long)received, closed,
           used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
    printf("\"p50_ms\": %.3f, \"p95_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f, ", percentile_ms(ages, .5),
           percentile_ms(ages, .95), percentile_ms(ages, .99), percentile_ms(ages, 1));
    printf("\"last_p50_ms\": %.3f, \"last_p99_ms\": %.3f}\n", percentile_ms(last_ages, .5),
           percentile_ms(last_ages, .99));
    fflush(stdout);
}

static void obey(void) {
    char line[256];
    ssize_t got = read(0, line, sizeof line - 1);
    if (got <= 0) exit(0);
    line[got] = 0;
    if (strstr(line, "reset")) {
        memset(ages, 0, sizeof ages);
        memset(last_ages, 0, sizeof last_ages);
        since_reset = frames = received = 0;
        for (int i = 0; i < count; i++) followers[i].count = 0;
    }
    if (strstr(line, "stats")) tell_stats();
}

static void serve(follower *f, uint32_t events) {
    if (!f->connected && events & EPOLLOUT) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = f};
        f->connected = true;
        epoll_ctl(epoll_fd, EPOLL_CTL_MOD, f->fd, &event);
        tell(f, f->script->send[0].bytes, f->script->send[0].len);
        return;
    }
    ssize_t got = recv(f->fd, area + TAIL, CHUNK, 0);
    if (got > 0) take(f, (int)got);
    else if (got == 0 || errno != EAGAIN) end(f);
}

int main(int argc, char **argv) {
    port = atoi(argv[1]);
    websocket = !strcmp(argv[2], "ws");
    audience = strtoul(argv[3], NULL, 10);
    completions_fd = atoi(argv[4]);
    fcntl(completions_fd, F_SETFL, O_NONBLOCK);
    for (int i = 7; i < argc; i += 2) count += atoi(argv[i]);
    most_connecting = atoi(argv[5]) ? count : CONNECTING;
    followers = calloc((size_t)count, sizeof *followers);
    for (int i = 6, at = 0; i + 1 < argc; i += 2) {
        script *group = read_script(argv[i]);
        for (int more = atoi(argv[i + 1]); more; more--) followers[at++].script = group;
    }
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event commands = {.events = EPOLLIN, .data.ptr = NULL}, events[512];
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, 0, &commands);
    began = now_ns() / 1e9;
    connect_next();
    for (;;) {
        int found = epoll_wait(epoll_fd, events, 512, -1);
        for (int i = 0; i < found; i++)
            if (events[i].data.ptr) serve(events[i].data.ptr, events[i].events);
            else obey();
        tell_completed();
    }
}
