#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"

/* What came for a command to read and did not fit into its pipe yet. */
struct input {
  unsigned char bytes[INPUT_WINDOW];
  size_t from;
  size_t to;
  /* How much more may come, and how much of what was taken was not told yet. */
  size_t allowed;
  size_t untold;
  bool ended;
};

void open_input(struct input *input);
/* -1 for more than was allowed. */
int take_input(struct input *input, const unsigned char *bytes, size_t length);
bool input_waits(const struct input *input);
/* As much as the command takes; what one that stopped reading leaves is dropped. -1 when it is over. */
int feed(struct input *input, int fd);
/* What may be told to have been taken: not every byte is worth a frame. */
size_t credit_of(struct input *input);
