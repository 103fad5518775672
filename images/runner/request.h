#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A command to run. Its strings lie in the payload that it was read from. */
struct request {
  bool terminal;
  bool without_input;
  uint16_t columns;
  uint16_t rows;
  char *directory;
  /* Ended by a null pointer each, as exec takes them. */
  char **arguments;
  char **environment;
};

/*
 * flags (1: a terminal, 2: no input), columns, rows (two bytes each), the number of arguments and of
 * variables (four bytes each), then directory, arguments and variables, a zero byte behind each. The
 * variables come over those of this process. -1 where it is anything else. Never freed: each command
 * has a process of its own for it.
 */
int parse_request(unsigned char *payload, size_t length, struct request *into);
