#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"

/*
 * Frames on their way to the orchestrator: one with data, or a few small ones. While it does not read
 * them the command is not read either, and so is held up in its own pipe.
 */
struct outgoing {
  unsigned char bytes[HEADER_BYTES + MAX_DATA];
  size_t length;
  size_t sent;
};

bool nothing_waits(const struct outgoing *out);
/* Only where nothing waits: where the data of the next frame is to be put, and that it is there. */
unsigned char *room_for_data(struct outgoing *out);
void queue_data(struct outgoing *out, unsigned char type, size_t length);
void queue_number(struct outgoing *out, unsigned char type, uint32_t number);
/* As much as is taken without waiting; -1 where nobody is there to take it. */
int send_waiting(struct outgoing *out, int fd);
