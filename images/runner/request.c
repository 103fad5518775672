#include "request.h"

#include <stdlib.h>
#include <string.h>

#include "frame.h"

enum { FIXED_BYTES = 13, TERMINAL = 1, WITHOUT_INPUT = 2 };

extern char **environ;

struct strings {
  char *at;
  char *end;
};

static char *next_string(struct strings *from) {
  char *found = from->at;
  char *zero = memchr(found, 0, (size_t)(from->end - found));
  if (zero == NULL) return NULL;
  from->at = zero + 1;
  return found;
}

static char **next_strings(struct strings *from, uint32_t count) {
  /* Each has a zero byte at least. */
  if (count > (size_t)(from->end - from->at)) return NULL;
  char **list = calloc((size_t)count + 1, sizeof *list);
  for (uint32_t index = 0; list != NULL && index < count; index += 1) {
    list[index] = next_string(from);
    if (list[index] == NULL) return NULL;
  }
  return list;
}

static size_t length_of(char **list) {
  size_t length = 0;
  while (list[length] != NULL) length += 1;
  return length;
}

static bool same_name(const char *one, const char *other) {
  size_t length = strcspn(one, "=");
  return strncmp(one, other, length) == 0 && (other[length] == '=' || other[length] == 0);
}

static void set_variable(char **list, char *variable) {
  size_t at = 0;
  while (list[at] != NULL && !same_name(list[at], variable)) at += 1;
  list[at] = variable;
}

static char **overlaid(char **asked, bool terminal) {
  static char usual_terminal[] = "TERM=xterm";
  size_t most = length_of(environ) + length_of(asked) + 2;
  char **list = calloc(most, sizeof *list);
  if (list == NULL) return NULL;
  if (terminal) set_variable(list, usual_terminal);
  for (char **each = environ; *each != NULL; each += 1) set_variable(list, *each);
  for (char **each = asked; *each != NULL; each += 1) set_variable(list, *each);
  return list;
}

int parse_request(unsigned char *payload, size_t length, struct request *into) {
  if (length < FIXED_BYTES) return -1;
  into->terminal = payload[0] & TERMINAL;
  into->without_input = payload[0] & WITHOUT_INPUT;
  into->columns = get_u16(payload + 1);
  into->rows = get_u16(payload + 3);
  struct strings strings = {(char *)payload + FIXED_BYTES, (char *)payload + length};
  into->directory = next_string(&strings);
  if (into->directory == NULL) return -1;
  into->arguments = next_strings(&strings, get_u32(payload + 5));
  if (into->arguments == NULL || into->arguments[0] == NULL) return -1;
  char **asked = next_strings(&strings, get_u32(payload + 9));
  if (asked == NULL || strings.at != strings.end) return -1;
  into->environment = overlaid(asked, into->terminal);
  return into->environment == NULL ? -1 : 0;
}
