#include "frame.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

void put_u32(unsigned char *at, uint32_t value) {
  at[0] = value >> 24;
  at[1] = value >> 16;
  at[2] = value >> 8;
  at[3] = value;
}

uint32_t get_u32(const unsigned char *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

uint16_t get_u16(const unsigned char *at) { return (uint16_t)(at[0] << 8 | at[1]); }

void put_header(unsigned char *at, unsigned char type, uint32_t length) {
  at[0] = type;
  put_u32(at + 1, length);
}

/* The descriptors of a lane never block by themselves. */
static int wait_for(int fd, short events) {
  struct pollfd waiting = {.fd = fd, .events = events};
  if (errno != EAGAIN && errno != EINTR) return -1;
  return poll(&waiting, 1, -1) < 0 && errno != EINTR ? -1 : 0;
}

int read_exactly(int fd, void *into, size_t length) {
  unsigned char *at = into;
  while (length > 0) {
    ssize_t got = read(fd, at, length);
    if (got == 0) return -1;
    if (got < 0) {
      if (wait_for(fd, POLLIN) < 0) return -1;
      continue;
    }
    at += got;
    length -= (size_t)got;
  }
  return 0;
}

int write_exactly(int fd, const void *from, size_t length) {
  const unsigned char *at = from;
  while (length > 0) {
    ssize_t put = write(fd, at, length);
    if (put < 0) {
      if (wait_for(fd, POLLOUT) < 0) return -1;
      continue;
    }
    at += put;
    length -= (size_t)put;
  }
  return 0;
}

int write_number(int fd, unsigned char type, uint32_t number) {
  unsigned char frame[HEADER_BYTES + 4];
  put_header(frame, type, 4);
  put_u32(frame + HEADER_BYTES, number);
  return write_exactly(fd, frame, sizeof frame);
}
