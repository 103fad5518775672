#include "tree.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_PROCESSES = 1 << 16, STAT_BYTES = 512, PATH_BYTES = 64 };

struct process {
  pid_t pid;
  pid_t parent;
  char state;
  bool below;
};

/* Pages that nobody writes to take no memory. */
static struct process processes[MOST_PROCESSES];
static size_t count;

static bool read_stat(const char *pid, char *into, size_t length) {
  char path[PATH_BYTES];
  snprintf(path, sizeof path, "/proc/%s/stat", pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t got = read(fd, into, length - 1);
  close(fd);
  if (got <= 0) return false;
  into[got] = 0;
  return true;
}

static bool look_at(const char *pid, struct process *into) {
  char stat[STAT_BYTES];
  if (!read_stat(pid, stat, sizeof stat)) return false;
  /* The name before it may hold anything, also a bracket. */
  const char *behind_name = strrchr(stat, ')');
  if (behind_name == NULL) return false;
  into->pid = (pid_t)atol(pid);
  into->below = false;
  return sscanf(behind_name, ") %c %d", &into->state, &into->parent) == 2;
}

static void list_processes(void) {
  count = 0;
  DIR *directory = opendir("/proc");
  if (directory == NULL) return;
  for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
    if (count == MOST_PROCESSES) break;
    if (isdigit((unsigned char)entry->d_name[0]) && look_at(entry->d_name, &processes[count])) count += 1;
  }
  closedir(directory);
}

static bool is_below(pid_t pid, pid_t top) {
  if (pid == top) return true;
  for (size_t index = 0; index < count; index += 1)
    if (processes[index].pid == pid) return processes[index].below;
  return false;
}

static void find_tree(void) {
  pid_t top = getpid();
  list_processes();
  for (bool grown = true; grown;) {
    grown = false;
    for (size_t index = 0; index < count; index += 1) {
      struct process *each = &processes[index];
      if (each->below || !is_below(each->parent, top)) continue;
      each->below = grown = true;
    }
  }
}

static bool is_alive(const struct process *each) { return each->state != 'Z' && each->state != 'X'; }

/* Tells one set of processes from another. */
static uint64_t sum_of_tree(void) {
  uint64_t sum = 0;
  for (size_t index = 0; index < count; index += 1)
    if (processes[index].below && is_alive(&processes[index]))
      sum = sum * 31 + (uint64_t)processes[index].pid;
  return sum;
}

static void signal_found(int number) {
  for (size_t index = 0; index < count; index += 1)
    if (processes[index].below && is_alive(&processes[index])) kill(processes[index].pid, number);
}

void signal_tree(int number) {
  find_tree();
  signal_found(number);
}

void kill_tree_step(void) {
  static uint64_t stopped;
  find_tree();
  uint64_t seen = sum_of_tree();
  /* Not asked whether they stand still: one that waits for a child it made by vfork cannot. */
  signal_found(seen == stopped ? SIGKILL : SIGSTOP);
  stopped = seen;
}
