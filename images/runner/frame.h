/*
 * What is said between the orchestrator and the runner: a type, a length of four bytes (the highest
 * first, as every number here), a payload. The other side of it is engine/docker/lanes/frames.ts.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
  PROTOCOL_VERSION = 1,
  HEADER_BYTES = 5,
  /* Of output and of input in one frame. */
  MAX_DATA = 32 * 1024,
  /* How much input may be on its way to a command that does not read. */
  INPUT_WINDOW = 256 * 1024,
  MAX_REQUEST = 4 * 1024 * 1024,
};

/* To the runner. */
enum {
  REQUEST = 'R',
  INPUT = 'I',
  INPUT_END = 'E',
  SIGNAL = 'S',
  RESIZE = 'W',
  /* The exit was heard: nothing more belongs to that command. */
  DONE = 'D',
};

/* From the runner. */
enum {
  HELLO = 'H',
  /* Nothing started, and nothing will. */
  FAILED = 'F',
  /* From here on the command may have run. */
  BEGUN = 'B',
  OUTPUT = 'O',
  ERROR_OUTPUT = 'P',
  /* So many bytes more of input may come. */
  CREDIT = 'C',
  EXIT = 'X',
};

void put_u32(unsigned char *at, uint32_t value);
uint32_t get_u32(const unsigned char *at);
uint16_t get_u16(const unsigned char *at);
void put_header(unsigned char *at, unsigned char type, uint32_t length);

/* Blocking. 0 where all of it came, -1 at the end or a failure. */
int read_exactly(int fd, void *into, size_t length);
int write_exactly(int fd, const void *from, size_t length);
/* A whole frame with one number in it. */
int write_number(int fd, unsigned char type, uint32_t number);
