#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "request.h"

/* A command that was started, with our ends of what it reads and writes; -1 where there is none. */
struct command {
  pid_t pid;
  int input;
  int output;
  int error_output;
  /* The terminal, where it has one; input and output are copies of it. */
  int terminal;
};

/* -1 and errno where there was no room for it. One that cannot be executed says so and ends with 126 or 127. */
int start_command(const struct request *request, struct command *into);
void resize_terminal(int terminal, uint16_t columns, uint16_t rows);
