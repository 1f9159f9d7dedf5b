/* csrc/bind/appender.c: a file that only grows by whole lines and has one writer at a time: flock,
 * one write per line, a short write taken back, fsync; a writer whose file was removed or replaced
 * is told so. What lua/linnet/record/init.lua stands on.
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bind/bind.h"
#include "bind/whole.h"

#define APPENDER_NAME "linnet.appender"

enum { CLOSED = -1 };

typedef struct appender {
  int fd;
  int folder;  /* where name is looked up: the working folder may change */
  char name[]; /* of what is written */
} appender;

static appender *appender_check(lua_State *L) {
  appender *a = bind_arg_object(L, 1, APPENDER_NAME);
  if (a->fd == CLOSED) bind_fail(L, "misuse", "appender: the file is closed");
  return a;
}

/* true, or nil and the system's reason. */
static int appender_result(lua_State *L, bool ok) {
  int code = errno;
  if (ok) {
    lua_pushboolean(L, 1);
    return 1;
  }
  lua_pushnil(L);
  lua_pushstring(L, strerror(code));
  return 2;
}

/* Whether the name still stands for the open file (of one that is a pipe or a device: yes). */
static bool appender_named(const appender *a) {
  struct stat mine, named;
  if (fstat(a->fd, &mine) != 0) return false;
  if (!S_ISREG(mine.st_mode)) return true;
  return fstatat(a->folder, a->name, &named, 0) == 0 && mine.st_dev == named.st_dev &&
         mine.st_ino == named.st_ino;
}

/* Takes the lock, and makes sure that the name still stands for the locked file: another process
 * may have put a new file in its place between our open and our lock. */
static bool appender_lock(const appender *a) {
  if (flock(a->fd, LOCK_EX | LOCK_NB) != 0) return false;
  if (appender_named(a)) return true;
  errno = EWOULDBLOCK;
  return false;
}

static void appender_release(appender *a) {
  if (a->folder >= 0) close(a->folder);
  a->folder = AT_FDCWD;
}

/* The folder of path and what it is called there; a folder that may not be read is not kept. */
static appender *appender_new(lua_State *L, const char *path) {
  const char *slash = strrchr(path, '/');
  appender *a = lua_newuserdatauv(L, sizeof *a + strlen(path) + 1, 0);
  a->fd = CLOSED;
  a->folder = AT_FDCWD;
  strcpy(a->name, path);
  luaL_setmetatable(L, APPENDER_NAME);
  lua_pushlstring(L, path, slash ? (size_t)(slash - path) + 1 : 0);
  const char *folder = slash ? lua_tostring(L, -1) : ".";
  int fd = whole_fd_above(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  lua_pop(L, 1);
  if (fd < 0) return a;
  a->folder = fd;
  if (slash) strcpy(a->name, slash + 1);
  return a;
}

/* core.appender.open(path) -> a file open for appending under an exclusive lock, created when
 * missing; or nil, the reason, and true when the reason is another writer. */
static int l_appender_open(lua_State *L) {
  appender *a = appender_new(L, bind_arg_text(L, 1, NULL));
  a->fd = whole_fd_above(
      openat(a->folder, a->name, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666));
  if (a->fd != CLOSED && appender_lock(a)) return 1;
  bool busy = a->fd != CLOSED && errno == EWOULDBLOCK;
  int results = appender_result(L, false);
  lua_pushboolean(L, busy);
  if (a->fd != CLOSED) close(a->fd);
  a->fd = CLOSED;
  appender_release(a);
  return results + 1;
}

/* nil and the reason when what is written would have no name. */
static int appender_lost(lua_State *L) {
  lua_pushnil(L);
  lua_pushliteral(L, "the file was removed or replaced while it was written");
  return 2;
}

/* a:append(text) -> true, or nil and the reason; then the file is as long as before. */
static int l_appender_append(lua_State *L) {
  appender *a = appender_check(L);
  size_t size, done = 0;
  const char *text = bind_arg_text(L, 2, &size);
  struct stat before;
  if (!appender_named(a)) return appender_lost(L);
  if (fstat(a->fd, &before) != 0) return appender_result(L, false);
  while (done < size) {
    ssize_t n = write(a->fd, text + done, size - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;
    done += (size_t)n;
  }
  if (done == size) return appender_result(L, true);
  int code = errno;
  if (done > 0 && ftruncate(a->fd, before.st_size) != 0) {
    return bind_fail(L, "file", "appender: %s, and the torn line cannot be removed: %s",
                     strerror(code), strerror(errno));
  }
  errno = code;
  return appender_result(L, false);
}

/* a:size() -> bytes in the file */
static int l_appender_size(lua_State *L) {
  appender *a = appender_check(L);
  struct stat now;
  if (fstat(a->fd, &now) != 0) return appender_result(L, false);
  lua_pushinteger(L, (lua_Integer)now.st_size);
  return 1;
}

/* a:truncate(size) -> true, or nil and the reason; the file is never made longer. */
static int l_appender_truncate(lua_State *L) {
  appender *a = appender_check(L);
  lua_Integer size = bind_arg_integer(L, 2);
  struct stat now;
  if (fstat(a->fd, &now) != 0) return appender_result(L, false);
  if (!(size >= 0 && size <= (lua_Integer)now.st_size)) bind_argument(L, 2, "not within the file");
  return appender_result(L, ftruncate(a->fd, (off_t)size) == 0);
}

/* a:sync() -> true once the data are on the disk, under the file's name; files that cannot be
 * synchronized count as so. */
static int l_appender_sync(lua_State *L) {
  appender *a = appender_check(L);
  if (fsync(a->fd) != 0 && errno != EINVAL && errno != EROFS) return appender_result(L, false);
  return appender_named(a) ? appender_result(L, true) : appender_lost(L);
}

/* a:close(), also __gc and __close: releases the lock; again and again if one likes. */
static int l_appender_close(lua_State *L) {
  appender *a = bind_arg_object(L, 1, APPENDER_NAME);
  int fd = a->fd;
  a->fd = CLOSED;
  appender_release(a);
  return appender_result(L, fd == CLOSED || close(fd) == 0);
}

void bind_appender(lua_State *L) {
  static const luaL_Reg functions[] = {{"open", l_appender_open}, {NULL, NULL}};
  static const luaL_Reg methods[] = {{"append", l_appender_append},     {"size", l_appender_size},
                                     {"truncate", l_appender_truncate}, {"sync", l_appender_sync},
                                     {"close", l_appender_close},       {NULL, NULL}};
  static const luaL_Reg meta[] = {
      {"__gc", l_appender_close}, {"__close", l_appender_close}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
  bind_type(L, APPENDER_NAME, methods, NULL, meta);
}
