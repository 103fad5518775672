#pragma once

#include <stddef.h>

#include "frame.h"

/*
 * A frame as it comes in, in pieces. Never reads beyond its end: what follows may be for the process
 * that this one was forked from.
 */
struct incoming {
  unsigned char header[HEADER_BYTES];
  unsigned char payload[MAX_DATA];
  size_t have;
};

enum arrival { LANE_LOST = -1, NOT_YET = 0, ARRIVED = 1 };

/* LANE_LOST at the end of the lane, and for a length that no frame has. */
enum arrival receive(struct incoming *in, int fd);
/* Of one that arrived. */
unsigned char frame_type(const struct incoming *in);
size_t frame_length(const struct incoming *in);
void forget_frame(struct incoming *in);
