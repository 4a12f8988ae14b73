/* Preloaded, refuses calls of the system as a file system would that is full,
 * over quota, failing, or without locks. REFUSE says which, words apart:
 *   CALL=ERRNO@TEXT[+N[xM]]  every such call on a path that has TEXT in it
 *                            fails, but for the first N, and for all after M
 * CALL is one of lock make open read write truncate sync close rename link. A
 * call on a descriptor is one on the path it was opened by. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { kMost = 16, kText = 256 };

struct Rule {
  char call[16];
  int error;
  char text[kText];
  long spared;
  long most; /* then no more; 0: always */
  atomic_long seen;
};

static struct Rule rules[kMost];
static int n_rules;

__attribute__((constructor)) static void read_rules(void) {
  const char* given = getenv("REFUSE");
  char words[4096];
  if (given == NULL) return;
  snprintf(words, sizeof words, "%s", given);
  for (char *rest, *word = strtok_r(words, " ", &rest);
       word != NULL && n_rules < kMost; word = strtok_r(NULL, " ", &rest)) {
    struct Rule* rule = &rules[n_rules];
    const int fields =
        sscanf(word, "%15[a-z]=%d@%255[^+]+%ldx%ld", rule->call, &rule->error,
               rule->text, &rule->spared, &rule->most);
    if (fields < 3) {
      fprintf(stderr, "REFUSE: %s is no rule\n", word);
      _exit(2);
    }
    ++n_rules;
  }
}

static int refused(const char* call, const char* path) {
  for (int i = 0; i < n_rules; ++i) {
    struct Rule* rule = &rules[i];
    if (strcmp(rule->call, call) != 0 || strstr(path, rule->text) == NULL) {
      continue;
    }
    const long seen = atomic_fetch_add(&rule->seen, 1);
    if (seen < rule->spared) continue;
    if (rule->most > 0 && seen >= rule->spared + rule->most) continue;
    errno = rule->error;
    return 1;
  }
  return 0;
}

static int refused_at(const char* call, int descriptor) {
  char link[64], path[PATH_MAX];
  if (n_rules == 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const int before = errno;
  const ssize_t n = readlink(link, path, sizeof path - 1);
  errno = before;
  if (n < 0) return 0;
  path[n] = '\0';
  return refused(call, path);
}

/* The function that is called where nothing is refused. */
#define REAL(result, name, ...)              \
  static result (*real)(__VA_ARGS__);        \
  if (real == NULL) {                        \
    *(void**)&real = dlsym(RTLD_NEXT, name); \
  }

static mode_t mode_of(int flags, va_list more) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
}

#define OPEN(name)                                                 \
  int name(const char* path, int flags, ...) {                     \
    REAL(int, #name, const char*, int, ...)                        \
    va_list more;                                                  \
    va_start(more, flags);                                         \
    const mode_t mode = mode_of(flags, more);                      \
    va_end(more);                                                  \
    if (refused((flags & O_CREAT) != 0 ? "make" : "open", path)) { \
      return -1;                                                   \
    }                                                              \
    return real(path, flags, mode);                                \
  }
OPEN(open)
OPEN(open64)

#define ON_DESCRIPTOR(call, result, name, parameters, types, arguments) \
  result name parameters {                                              \
    REAL(result, #name, types)                                          \
    if (refused_at(call, descriptor)) return -1;                        \
    return real arguments;                                              \
  }
#define TYPES(...) __VA_ARGS__

ON_DESCRIPTOR("read", ssize_t, read, (int descriptor, void* to, size_t n),
              TYPES(int, void*, size_t), (descriptor, to, n))
ON_DESCRIPTOR("read", ssize_t, pread,
              (int descriptor, void* to, size_t n, off_t at),
              TYPES(int, void*, size_t, off_t), (descriptor, to, n, at))
ON_DESCRIPTOR("read", ssize_t, pread64,
              (int descriptor, void* to, size_t n, off64_t at),
              TYPES(int, void*, size_t, off64_t), (descriptor, to, n, at))
ON_DESCRIPTOR("write", ssize_t, write,
              (int descriptor, const void* from, size_t n),
              TYPES(int, const void*, size_t), (descriptor, from, n))
ON_DESCRIPTOR("write", ssize_t, writev,
              (int descriptor, const struct iovec* from, int n),
              TYPES(int, const struct iovec*, int), (descriptor, from, n))
ON_DESCRIPTOR("write", ssize_t, pwrite,
              (int descriptor, const void* from, size_t n, off_t at),
              TYPES(int, const void*, size_t, off_t), (descriptor, from, n, at))
ON_DESCRIPTOR("write", ssize_t, pwrite64,
              (int descriptor, const void* from, size_t n, off64_t at),
              TYPES(int, const void*, size_t, off64_t),
              (descriptor, from, n, at))
ON_DESCRIPTOR("truncate", int, ftruncate, (int descriptor, off_t n),
              TYPES(int, off_t), (descriptor, n))
ON_DESCRIPTOR("truncate", int, ftruncate64, (int descriptor, off64_t n),
              TYPES(int, off64_t), (descriptor, n))
ON_DESCRIPTOR("sync", int, fsync, (int descriptor), TYPES(int), (descriptor))
ON_DESCRIPTOR("sync", int, fdatasync, (int descriptor), TYPES(int),
              (descriptor))
ON_DESCRIPTOR("lock", int, flock, (int descriptor, int how), TYPES(int, int),
              (descriptor, how))

/* A close that is refused has closed all the same. */
int close(int descriptor) {
  REAL(int, "close", int)
  const int refuse = refused_at("close", descriptor);
  const int error = errno;
  const int result = real(descriptor);
  if (!refuse) return result;
  errno = error;
  return -1;
}

#define FCNTL(name)                                                \
  int name(int descriptor, int what, ...) {                        \
    REAL(int, #name, int, int, ...)                                \
    va_list more;                                                  \
    va_start(more, what);                                          \
    void* argument = va_arg(more, void*);                          \
    va_end(more);                                                  \
    const int locks = what == F_SETLK || what == F_SETLKW ||       \
                      what == F_OFD_SETLK || what == F_OFD_SETLKW; \
    if (locks && refused_at("lock", descriptor)) return -1;        \
    return real(descriptor, what, argument);                       \
  }
FCNTL(fcntl)
FCNTL(fcntl64)

int mkdir(const char* path, mode_t mode) {
  REAL(int, "mkdir", const char*, mode_t)
  return refused("make", path) ? -1 : real(path, mode);
}

int rename(const char* from, const char* to) {
  REAL(int, "rename", const char*, const char*)
  return refused("rename", to) ? -1 : real(from, to);
}

int link(const char* from, const char* to) {
  REAL(int, "link", const char*, const char*)
  return refused("link", to) ? -1 : real(from, to);
}
