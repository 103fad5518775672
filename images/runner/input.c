#include "input.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void open_input(struct input *input) {
  input->from = input->to = input->untold = 0;
  input->allowed = INPUT_WINDOW;
  input->ended = false;
}

int take_input(struct input *input, const unsigned char *bytes, size_t length) {
  if (length > input->allowed) return -1;
  input->allowed -= length;
  if (input->to + length > sizeof input->bytes) {
    memmove(input->bytes, input->bytes + input->from, input->to - input->from);
    input->to -= input->from;
    input->from = 0;
  }
  memcpy(input->bytes + input->to, bytes, length);
  input->to += length;
  return 0;
}

bool input_waits(const struct input *input) { return input->to > input->from || input->ended; }

static void taken(struct input *input, size_t length) {
  input->from += length;
  input->untold += length;
  if (input->from == input->to) input->from = input->to = 0;
}

int feed(struct input *input, int fd) {
  while (input->to > input->from) {
    ssize_t put = fd < 0 ? -1 : write(fd, input->bytes + input->from, input->to - input->from);
    if (put < 0 && fd >= 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (put < 0) {
      taken(input, input->to - input->from);
      return -1;
    }
    taken(input, (size_t)put);
  }
  return input->ended ? -1 : 0;
}

size_t credit_of(struct input *input) {
  if (input->untold < INPUT_WINDOW / 4) return 0;
  size_t credit = input->untold;
  input->allowed += credit;
  input->untold = 0;
  return credit;
}
