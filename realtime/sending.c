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

/* Offers `frame` to every descriptor. Returns how many did not take all of it, with the place of each in
 * `descriptors` and what it took: 0 also after an error and for a descriptor below 0, which is passed over. */
size_t send_to_each(const int *descriptors, size_t count, const char *frame, size_t size, size_t *places,
                    size_t *taken) {
    size_t incomplete = 0;
    for (size_t place = 0; place < count; place++) {
        ssize_t sent = -1;
        if (descriptors[place] >= 0)
            sent = send(descriptors[place], frame, size, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent == (ssize_t)size) continue;
        places[incomplete] = place;
        taken[incomplete++] = sent < 0 ? 0 : (size_t)sent;
    }
    return incomplete;
}
