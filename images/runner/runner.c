/*
 * Runs the commands of a sandbox, one after another, at the word of the orchestrator that holds the
 * other end of its input and output. It runs as the agent, beside the agent, and so trusts nothing that
 * can be reached by that user: it is closed to its looks, keeps nothing open for those it starts, and
 * hears no signal but the two that nobody can refuse.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "frame.h"
#include "lane.h"
#include "request.h"
#include "supervisor.h"

static void close_to_others(void) {
  sigset_t all;
  prctl(PR_SET_DUMPABLE, 0);
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
}

static _Noreturn void run(unsigned char *payload, size_t length) {
  struct request request;
  prctl(PR_SET_NAME, "supervisor");
  _exit(parse_request(payload, length, &request) == 0 && supervise(&request) == 0 ? 0 : 1);
}

/* -1 when it is not known any more what was said on the lane. */
static int run_apart(unsigned char *payload, size_t length) {
  int status;
  pid_t supervisor = fork();
  if (supervisor < 0) return write_number(LANE_OUT, FAILED, (uint32_t)errno);
  if (supervisor == 0) run(payload, length);
  while (waitpid(supervisor, &status, 0) < 0)
    if (errno != EINTR) return -1;
  return status == 0 ? 0 : -1;
}

static int next_command(void) {
  unsigned char header[HEADER_BYTES];
  if (read_exactly(LANE_IN, header, sizeof header) < 0) return -1;
  size_t length = get_u32(header + 1);
  if (header[0] != REQUEST || length > MAX_REQUEST) return -1;
  unsigned char *payload = malloc(length + 1);
  if (payload == NULL || read_exactly(LANE_IN, payload, length) < 0) return -1;
  int result = run_apart(payload, length);
  free(payload);
  return result;
}

int main(void) {
  close_to_others();
  if (fcntl(LANE_IN, F_SETFL, O_NONBLOCK) < 0 || fcntl(LANE_OUT, F_SETFL, O_NONBLOCK) < 0) return 1;
  if (write_number(LANE_OUT, HELLO, PROTOCOL_VERSION) < 0) return 1;
  while (next_command() == 0) continue;
  return 1;
}
