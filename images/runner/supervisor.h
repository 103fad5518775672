#pragma once

#include "request.h"

/*
 * Runs one command to its end, in a process of its own for it: what the command starts stays below this
 * one, and what it leaves behind goes on without it. 0 when the lane may take the next command.
 */
int supervise(const struct request *request);
