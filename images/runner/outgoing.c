#include "outgoing.h"

#include <errno.h>
#include <unistd.h>

bool nothing_waits(const struct outgoing *out) { return out->length == 0; }

unsigned char *room_for_data(struct outgoing *out) { return out->bytes + HEADER_BYTES; }

void queue_data(struct outgoing *out, unsigned char type, size_t length) {
  put_header(out->bytes, type, (uint32_t)length);
  out->length = HEADER_BYTES + length;
}

void queue_number(struct outgoing *out, unsigned char type, uint32_t number) {
  put_header(out->bytes + out->length, type, 4);
  put_u32(out->bytes + out->length + HEADER_BYTES, number);
  out->length += HEADER_BYTES + 4;
}

int send_waiting(struct outgoing *out, int fd) {
  while (out->sent < out->length) {
    ssize_t put = write(fd, out->bytes + out->sent, out->length - out->sent);
    if (put < 0) return errno == EAGAIN || errno == EINTR ? 0 : -1;
    out->sent += (size_t)put;
  }
  out->length = out->sent = 0;
  return 0;
}
