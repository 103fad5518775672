#include "supervisor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "incoming.h"
#include "input.h"
#include "lane.h"
#include "outgoing.h"
#include "tree.h"

enum {
  /* How long an output is waited for that something left behind holds open; the engine’s own patience. */
  PATIENCE_MS = 2000,
  KILL_STEP_MS = 2,
  SIGNALLED = 128,
};

/* An output of the command. */
struct stream {
  int fd;
  unsigned char type;
  /* What is still to be read of it once it is not waited for. */
  int left;
};

static struct command command;
static struct stream streams[2];
static struct outgoing out;
static struct incoming in;
static struct input input;
static int child_signals;

static int64_t ended_at;
static int exit_code;
static bool ended, settled, killing, childless, told, done, lane_lost;

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void reap(void) {
  struct signalfd_siginfo heard;
  int status;
  pid_t pid;
  while (read(child_signals, &heard, sizeof heard) > 0) continue;
  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
    if (pid != command.pid) continue;
    ended = true;
    ended_at = now_ms();
    exit_code = WIFSIGNALED(status) ? SIGNALLED + WTERMSIG(status) : WEXITSTATUS(status);
  }
  childless = pid < 0;
}

static void close_once(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

static void take_signal(int number) {
  if (number != SIGINT && number != SIGTERM && number != SIGKILL) lane_lost = true;
  if (told || lane_lost) return;
  if (number == SIGKILL) killing = true;
  else signal_tree(number);
}

static void take_frame(void) {
  size_t length = frame_length(&in);
  unsigned char type = frame_type(&in);
  if (type == INPUT && take_input(&input, in.payload, length) == 0) return;
  if (type == INPUT_END && length == 0) input.ended = command.terminal < 0;
  else if (type == SIGNAL && length == 1) take_signal(in.payload[0]);
  else if (type == RESIZE && length == 4 && command.terminal >= 0)
    resize_terminal(command.terminal, get_u16(in.payload), get_u16(in.payload + 2));
  else if (type == DONE && length == 0 && told) done = true;
  else lane_lost = true;
}

static void listen_to_lane(void) {
  while (!done && !lane_lost) {
    enum arrival arrival = receive(&in, LANE_IN);
    if (arrival == LANE_LOST) lane_lost = true;
    if (arrival != ARRIVED) return;
    take_frame();
    forget_frame(&in);
  }
}

static void feed_command(void) {
  if (input_waits(&input) && feed(&input, command.input) < 0) close_once(&command.input);
  size_t credit = nothing_waits(&out) ? credit_of(&input) : 0;
  if (credit > 0) queue_number(&out, CREDIT, (uint32_t)credit);
}

static void read_stream(struct stream *stream) {
  size_t most = settled && stream->left < MAX_DATA ? (size_t)stream->left : MAX_DATA;
  ssize_t got = most == 0 ? 0 : read(stream->fd, room_for_data(&out), most);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return close_once(&stream->fd);
  if (settled) stream->left -= (int)got;
  if (!lane_lost) queue_data(&out, stream->type, (size_t)got);
}

static void read_outputs(const struct pollfd *polled) {
  for (int index = 0; index < 2; index += 1) {
    /* Taken in turns, so that neither keeps the other waiting. */
    static int turn;
    int which = (turn + index) % 2;
    bool due = settled || (polled[which].revents != 0);
    if (streams[which].fd < 0 || !due || !nothing_waits(&out)) continue;
    read_stream(&streams[which]);
    if (!nothing_waits(&out)) turn = 1 - which;
  }
}

static void send_out(void) {
  if (lane_lost) out.length = out.sent = 0;
  else if (!nothing_waits(&out) && send_waiting(&out, LANE_OUT) < 0) lane_lost = true;
}

/* What it left behind may hold its outputs open for ever: what they hold now is all that is told. */
static void settle(void) {
  bool nobody = killing && childless;
  if (settled || !ended || (!nobody && now_ms() - ended_at < PATIENCE_MS)) return;
  settled = true;
  for (int index = 0; index < 2; index += 1)
    if (streams[index].fd >= 0 && ioctl(streams[index].fd, FIONREAD, &streams[index].left) < 0)
      streams[index].left = 0;
}

static void tell_exit(void) {
  bool read_up = streams[0].fd < 0 && streams[1].fd < 0;
  if (told || !ended || !read_up || (killing && !childless) || !nothing_waits(&out)) return;
  queue_number(&out, EXIT, (uint32_t)exit_code);
  told = true;
}

static int patience(void) {
  if (killing && !childless) return KILL_STEP_MS;
  if (!ended || told) return -1;
  if (settled) return nothing_waits(&out) ? 0 : -1;
  int64_t left = PATIENCE_MS - (now_ms() - ended_at);
  return left > 0 ? (int)left : 0;
}

static void wait_for_any(struct pollfd *polled) {
  bool read_on = nothing_waits(&out) || lane_lost;
  polled[0] = (struct pollfd){.fd = read_on ? streams[0].fd : -1, .events = POLLIN};
  polled[1] = (struct pollfd){.fd = read_on ? streams[1].fd : -1, .events = POLLIN};
  polled[2] = (struct pollfd){.fd = child_signals, .events = POLLIN};
  polled[3] = (struct pollfd){.fd = lane_lost ? -1 : LANE_IN, .events = POLLIN};
  polled[4] = (struct pollfd){.fd = nothing_waits(&out) ? -1 : LANE_OUT, .events = POLLOUT};
  polled[5] = (struct pollfd){.fd = input_waits(&input) ? command.input : -1, .events = POLLOUT};
  poll(polled, 6, patience());
}

static void step(void) {
  struct pollfd polled[6];
  wait_for_any(polled);
  if (polled[2].revents != 0 || killing) reap();
  if (!lane_lost) listen_to_lane();
  if (lane_lost) input.ended = true;
  feed_command();
  send_out();
  read_outputs(polled);
  if (killing && !childless) kill_tree_step();
  settle();
  tell_exit();
  send_out();
}

static int prepare(void) {
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  child_signals = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
  return child_signals < 0 ? -1 : prctl(PR_SET_CHILD_SUBREAPER, 1);
}

int supervise(const struct request *request) {
  if (prepare() < 0 || start_command(request, &command) < 0)
    return write_number(LANE_OUT, FAILED, (uint32_t)errno);
  streams[0] = (struct stream){.fd = command.output, .type = OUTPUT};
  streams[1] = (struct stream){.fd = command.error_output, .type = ERROR_OUTPUT};
  open_input(&input);
  queue_number(&out, BEGUN, 0);
  send_out();
  /* Without the orchestrator a command goes on, unheard, as it would without the runner. */
  while (lane_lost ? !ended || (killing && !childless) : !done) step();
  return lane_lost ? -1 : 0;
}
