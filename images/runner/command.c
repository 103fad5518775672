#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

/* As a shell ends a command that it cannot start, or cannot find. */
enum { CANNOT_START = 126, NOT_FOUND = 127, PATH_BYTES = 64 };

/* What the command gets for its own; every one is closed in others by itself. */
struct ends {
  int input;
  int output;
  int error_output;
};

extern char **environ;

void resize_terminal(int terminal, uint16_t columns, uint16_t rows) {
  struct winsize size = {.ws_col = columns, .ws_row = rows};
  ioctl(terminal, TIOCSWINSZ, &size);
}

static int without_waiting(int fd) {
  return fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static int open_terminal(const struct request *request, struct command *ours, struct ends *theirs) {
  char path[PATH_BYTES];
  int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0 || unlockpt(terminal) < 0 || ptsname_r(terminal, path, sizeof path) != 0) return -1;
  resize_terminal(terminal, request->columns, request->rows);
  theirs->input = theirs->output = theirs->error_output = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
  ours->terminal = ours->output = terminal;
  ours->input = fcntl(terminal, F_DUPFD_CLOEXEC, 0);
  ours->error_output = -1;
  if (theirs->input < 0 || ours->input < 0) return -1;
  return without_waiting(terminal);
}

static int open_pipe(int *reads, int *writes, int *ours) {
  int both[2];
  if (pipe2(both, O_CLOEXEC) < 0) return -1;
  *reads = both[0];
  *writes = both[1];
  return without_waiting(*ours);
}

static int open_pipes(const struct request *request, struct command *ours, struct ends *theirs) {
  ours->terminal = ours->input = -1;
  if (request->without_input) {
    theirs->input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (theirs->input < 0) return -1;
  } else if (open_pipe(&theirs->input, &ours->input, &ours->input) < 0) {
    return -1;
  }
  if (open_pipe(&ours->output, &theirs->output, &ours->output) < 0) return -1;
  return open_pipe(&ours->error_output, &theirs->error_output, &ours->error_output);
}

static _Noreturn void refuse(const char *doing, const char *what, int code) {
  dprintf(STDERR_FILENO, "cannot %s %s: %s\n", doing, what, strerror(errno));
  _exit(code);
}

/* Leaves nothing behind of the process that it comes from: it must look like any other. */
static _Noreturn void become(const struct request *request, const struct ends *ends) {
  /* Only the end of what looks after it; a runner that was killed takes it along. */
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NAME, "starting");
  setsid();
  if (request->terminal) ioctl(ends->input, TIOCSCTTY, 0);
  if (dup2(ends->input, STDIN_FILENO) < 0 || dup2(ends->output, STDOUT_FILENO) < 0 ||
      dup2(ends->error_output, STDERR_FILENO) < 0)
    _exit(CANNOT_START);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  if (chdir(request->directory) < 0) refuse("enter", request->directory, CANNOT_START);
  environ = request->environment;
  execvp(request->arguments[0], request->arguments);
  refuse("run", request->arguments[0], errno == ENOENT ? NOT_FOUND : CANNOT_START);
}

int start_command(const struct request *request, struct command *into) {
  struct ends ends;
  int opened = request->terminal ? open_terminal(request, into, &ends) : open_pipes(request, into, &ends);
  if (opened < 0) return -1;
  into->pid = fork();
  if (into->pid < 0) return -1;
  if (into->pid == 0) become(request, &ends);
  close(ends.input);
  if (!request->terminal) {
    close(ends.output);
    close(ends.error_output);
  }
  return 0;
}
