#include "incoming.h"

#include <errno.h>
#include <unistd.h>

unsigned char frame_type(const struct incoming *in) { return in->header[0]; }

size_t frame_length(const struct incoming *in) { return get_u32(in->header + 1); }

void forget_frame(struct incoming *in) { in->have = 0; }

static enum arrival read_up_to(struct incoming *in, int fd, size_t end) {
  while (in->have < end) {
    unsigned char *at =
        in->have < HEADER_BYTES ? in->header + in->have : in->payload + in->have - HEADER_BYTES;
    ssize_t got = read(fd, at, end - in->have);
    if (got == 0) return LANE_LOST;
    if (got < 0) return errno == EAGAIN || errno == EINTR ? NOT_YET : LANE_LOST;
    in->have += (size_t)got;
  }
  return ARRIVED;
}

enum arrival receive(struct incoming *in, int fd) {
  if (in->have < HEADER_BYTES) {
    enum arrival header = read_up_to(in, fd, HEADER_BYTES);
    if (header != ARRIVED) return header;
  }
  if (frame_length(in) > MAX_DATA) return LANE_LOST;
  return read_up_to(in, fd, HEADER_BYTES + frame_length(in));
}
