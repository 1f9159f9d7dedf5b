/* csrc/io/whole.c: files that are written whole (see whole.h). The content goes into a file without
 * a name where the system has such (O_TMPFILE: nothing is left behind by a kill), else into one of
 * an unpredictable name in the same folder; it is synced, gets the mode of what it replaces and the
 * name by link or rename, under the lock of the file that stands there: what another process is
 * appending to is never replaced. A symbolic link is followed: its target is what is replaced or
 * made. Devices, pipes and our own streams (/dev/stdout) are written through.
 * SPDX-License-Identifier: MIT */
#include "io/whole.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TRIES = 100, LINKS_MAX = 40, NAME_ROOM = 32, PROC_ROOM = 32 };

int whole_fd_above(int fd) {
  if (fd < 0 || fd > STDERR_FILENO) return fd;
  int high = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1), code = errno;
  close(fd);
  errno = code;
  return high;
}

/* ---- names ---- */

/* The folder of the target, "" for the working one, into temporary. */
static bool folder_find(whole *w) {
  const char *slash = strrchr(w->target, '/');
  w->folder = slash ? (size_t)(slash - w->target) + 1 : 0;
  memcpy(w->temporary, w->target, w->folder);
  w->temporary[w->folder] = '\0';
  if (w->folder + NAME_ROOM <= sizeof w->temporary) return true;
  errno = ENAMETOOLONG;
  return false;
}

/* A new name that nobody can guess; where the system has no random bytes O_EXCL must do. */
static void name_draw(whole *w) {
  struct timespec now = {0, 0};
  uint64_t bits = 0;
  int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
  if (fd < 0 || read(fd, &bits, sizeof bits) != (ssize_t)sizeof bits) {
    clock_gettime(CLOCK_REALTIME, &now);
    bits = (uint64_t)now.tv_nsec * 0x9E3779B97F4A7C15u + (uint64_t)getpid() * 1000003u;
  }
  if (fd >= 0) close(fd);
  snprintf(w->temporary + w->folder, NAME_ROOM, ".linnet-%016llx", (unsigned long long)bits);
}

static const char *proc_name(char *room, int fd) {
  snprintf(room, PROC_ROOM, "/proc/self/fd/%d", fd);
  return room;
}

/* ---- opening ---- */

/* A file without a name in the target's folder; -1 where there are none. */
static int unnamed_open(const whole *w, mode_t mode) {
#ifdef __O_TMPFILE
  char room[PROC_ROOM];
  int fd = whole_fd_above(
      open(w->folder ? w->temporary : ".", O_WRONLY | O_CLOEXEC | __O_TMPFILE, mode));
  if (fd < 0 || access(proc_name(room, fd), F_OK) == 0) return fd;
  close(fd); /* it could never be given a name */
#endif
  (void)w, (void)mode;
  return -1;
}

static int temporary_open(whole *w, mode_t mode) {
  int fd = unnamed_open(w, mode);
  for (int i = 0; fd < 0 && i < TRIES; i++) {
    name_draw(w);
    fd = open(w->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0 && errno != EEXIST) return -1;
    w->named = fd >= 0;
    fd = whole_fd_above(fd);
  }
  return fd;
}

/* One of our own streams under another name, /dev/stdout, say: a copy of its descriptor, so that
 * what is written stands in order with what is printed. */
static int own_stream(const struct stat *s) {
  struct stat mine;
  for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
    if (fstat(fd, &mine) == 0 && mine.st_dev == s->st_dev && mine.st_ino == s->st_ino)
      return fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  return -1;
}

/* A device or a pipe. One without a reader is waited for, as open does, but Ctrl-C is heard. */
static int device_open(const char *path, const tick *t) {
  const struct timespec nap = {0, 20000000};
  int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  while (fd < 0 && errno == ENXIO) {
    nanosleep(&nap, NULL);
    if (tick_asks(t)) {
      errno = EINTR;
      return -1;
    }
    fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  }
  int flags = fd < 0 ? -1 : fcntl(fd, F_GETFL);
  if (flags >= 0) fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
  return whole_fd_above(fd);
}

/* The file that stands under the target, locked, so that nobody appends to it while it is replaced.
 * -1 with errno: ENOENT for none, EWOULDBLOCK for one that another process is writing. Without
 * locks (some network file systems) it is only opened: what may not be written is not replaced. */
static int standing_lock(const whole *w) {
  struct stat mine, named;
  int fd = whole_fd_above(open(w->target, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (fd < 0) return -1;
  bool busy = flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  if (!busy && fstat(fd, &mine) == 0 && stat(w->target, &named) == 0 &&
      mine.st_dev == named.st_dev && mine.st_ino == named.st_ino)
    return fd;
  close(fd);
  errno = EWOULDBLOCK;
  return -1;
}

static int regular_open(whole *w, bool stands) {
  if (!folder_find(w)) return -1;
  if (stands) {
    int old = standing_lock(w);
    if (old < 0) return -1;
    close(old);
  }
  return temporary_open(w, stands ? 0600 : 0666);
}

/* Follows links of the target, one to nothing too, until there is none. */
static bool links_follow(whole *w) {
  struct stat s;
  char text[PATH_MAX];
  for (int i = 0; i < LINKS_MAX; i++) {
    if (lstat(w->target, &s) != 0) return errno == ENOENT;
    if (!S_ISLNK(s.st_mode)) return true;
    if (!folder_find(w)) return false;
    ssize_t size = readlink(w->target, text, sizeof text);
    if (size < 0) return false;
    size_t before = text[0] == '/' ? 0 : w->folder;
    errno = ENAMETOOLONG;
    if (before + (size_t)size >= sizeof w->target) return false;
    memcpy(w->target + before, text, (size_t)size);
    w->target[before + (size_t)size] = '\0';
  }
  errno = ELOOP;
  return false;
}

/* The descriptor to write to, or -1 with errno. */
static int path_open(whole *w, const char *path, const tick *t) {
  struct stat s, named;
  size_t size = strlen(path) + 1;
  errno = ENAMETOOLONG;
  if (size > sizeof w->target) return -1;
  memcpy(w->target, path, size);
  bool stands = stat(path, &s) == 0;
  if (!stands && errno != ENOENT) return -1;
  if (stands && !S_ISDIR(s.st_mode)) {
    bool other = !S_ISREG(s.st_mode) || (lstat(path, &named) == 0 && S_ISLNK(named.st_mode));
    int own = other ? own_stream(&s) : -1;
    w->through = own >= 0 || !S_ISREG(s.st_mode);
    if (own >= 0) return own;
    if (w->through) return device_open(path, t);
  }
  return links_follow(w) ? regular_open(w, stands) : -1;
}

int whole_begin(whole *w, const char *path, const tick *t) {
  w->stream = NULL;
  w->through = w->named = false;
  int fd = path_open(w, path, t);
  if (fd < 0) return errno;
  w->stream = fdopen(fd, "wb");
  if (w->stream) return 0;
  int code = errno;
  close(fd);
  whole_drop(w);
  return code;
}

void whole_drop(whole *w) {
  if (w->stream) fclose(w->stream);
  w->stream = NULL;
  if (w->named) unlink(w->temporary);
  w->named = false;
}

/* ---- the commit ---- */

/* Who may read and write stays as it was; a group that cannot be kept gets nothing. */
static void mode_keep(int fd, int old) {
  struct stat was, is;
  if (fstat(old, &was) != 0 || fstat(fd, &is) != 0) return;
  mode_t mode = was.st_mode & 0777;
  if (was.st_uid != is.st_uid && fchown(fd, was.st_uid, (gid_t)-1) != 0) errno = 0;
  if (was.st_gid != is.st_gid && fchown(fd, (uid_t)-1, was.st_gid) != 0) mode &= 0707;
  if (fchmod(fd, mode) != 0) errno = 0; /* it stays private */
}

/* Gives the file a name that nobody has, whether it had none or another. */
static bool name_give(whole *w, const char *name) {
  char room[PROC_ROOM];
  if (!w->named)
    return linkat(AT_FDCWD, proc_name(room, fileno(w->stream)), AT_FDCWD, name,
                  AT_SYMLINK_FOLLOW) == 0;
  if (link(w->temporary, name) == 0) return true;
  /* some file systems have no links */
  return errno != EEXIST && rename(w->temporary, name) == 0 ? !(w->named = false) : false;
}

static bool name_replace(whole *w) {
  for (int i = 0; !w->named && i < TRIES; i++) {
    name_draw(w);
    w->named = name_give(w, w->temporary);
    if (!w->named && errno != EEXIST) return false;
  }
  if (rename(w->temporary, w->target) != 0) return false;
  w->named = false;
  return true;
}

/* 0 or errno. A file that appears or is locked meanwhile is waited for: a second at most. */
static int name_take(whole *w) {
  const struct timespec nap = {0, 10000000};
  for (int i = 0; i < TRIES; i++) {
    int old = standing_lock(w);
    if (old >= 0) {
      mode_keep(fileno(w->stream), old);
      int code = name_replace(w) ? 0 : errno;
      close(old);
      return code;
    }
    if (errno == ENOENT && name_give(w, w->target)) return 0;
    if (errno != EWOULDBLOCK && errno != EEXIST) return errno;
    nanosleep(&nap, NULL);
  }
  return EWOULDBLOCK;
}

static void folder_sync(whole *w) {
  w->temporary[w->folder] = '\0';
  int fd = open(w->folder ? w->temporary : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  if (fsync(fd) != 0) errno = 0; /* not every file system can */
  close(fd);
}

int whole_end(whole *w) {
  int code = fflush(w->stream) != 0 || ferror(w->stream) ? (errno ? errno : EIO) : 0;
  if (code == 0 && !w->through) {
    if (fsync(fileno(w->stream)) != 0 && errno != EINVAL && errno != EROFS) code = errno;
    if (code == 0) code = name_take(w);
  }
  if (fclose(w->stream) != 0 && code == 0 && w->through) code = errno;
  w->stream = NULL;
  whole_drop(w);
  if (code == 0 && !w->through) folder_sync(w);
  return code;
}
