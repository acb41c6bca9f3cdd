/* One frame to many sockets, without Python between two of them; realtime/sending.py calls it.
 *
 * A plain library for ctypes and no extension module: it needs neither the headers of Python nor to know its
 * version. Nothing here waits, and ctypes lets go of the interpreter's lock meanwhile.
 */
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

#ifndef MSG_NOSIGNAL /* macOS has none; Python ignores SIGPIPE. */
#define MSG_NOSIGNAL 0
#endif

/* Offers `frame` to the socket at each of the places. Returns how many did not take all of it, with their places
 * and what they took: 0 also after an error, and where no socket stands (realtime/places.py). */
size_t send_to_each(const int *sockets, const int *places, size_t count, const char *frame, size_t size,
                    int *incomplete, size_t *taken) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        int descriptor = sockets[places[i]];
        ssize_t sent = descriptor > 0 ? send(descriptor, frame, size, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;
        if (sent == (ssize_t)size) continue;
        incomplete[found] = places[i];
        taken[found++] = sent < 0 ? 0 : (size_t)sent;
    }
    return found;
}
