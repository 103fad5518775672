#pragma once

#include <stdbool.h>

/*
 * Every process below this one, also what left its session, lost its parents (they come to this one,
 * which must be a subreaper) or cleared its environment. Starts no process to look.
 */

/* To each of them, once. */
void signal_tree(int number);
/*
 * One step towards their end: stops them until none is new, so that none starts another or leaves room
 * for one, and then kills them. To be called until no child is left to wait for.
 */
void kill_tree_step(void);
