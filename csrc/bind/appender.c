/* csrc/bind/appender.c: a file that only grows by whole lines and has one writer at a time: flock,
 * one write per line, a short write taken back, fsync. What lua/linnet/record/init.lua stands on.
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bind/bind.h"

#define APPENDER_NAME "linnet.appender"

enum { CLOSED = -1 };

typedef struct appender {
  int fd;
} appender;

static appender *appender_check(lua_State *L) {
  appender *a = luaL_checkudata(L, 1, APPENDER_NAME);
  if (a->fd == CLOSED) luaL_error(L, "appender: the file is closed");
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

/* Takes the lock, and makes sure that path still names the locked file: another process may have
 * renamed a new file over it between our open and our lock. */
static bool appender_lock(int fd, const char *path) {
  struct stat mine, named;
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) return false;
  if (fstat(fd, &mine) != 0 || stat(path, &named) != 0) return false;
  if (mine.st_dev == named.st_dev && mine.st_ino == named.st_ino) return true;
  errno = EWOULDBLOCK;
  return false;
}

/* core.appender.open(path) -> a file open for appending under an exclusive lock, created when
 * missing; or nil, the reason, and true when the reason is another writer. */
static int l_appender_open(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  appender *a = lua_newuserdatauv(L, sizeof *a, 0);
  a->fd = CLOSED;
  luaL_setmetatable(L, APPENDER_NAME);
  a->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
  if (a->fd == CLOSED) return appender_result(L, false);
  if (appender_lock(a->fd, path)) return 1;
  bool busy = errno == EWOULDBLOCK;
  int results = appender_result(L, false);
  lua_pushboolean(L, busy);
  close(a->fd);
  a->fd = CLOSED;
  return results + 1;
}

/* a:append(text) -> true, or nil and the reason; then the file is as long as before. */
static int l_appender_append(lua_State *L) {
  appender *a = appender_check(L);
  size_t size, done = 0;
  const char *text = luaL_checklstring(L, 2, &size);
  struct stat before;
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
    return luaL_error(L, "appender: %s, and the torn line cannot be removed: %s", strerror(code),
                      strerror(errno));
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
  lua_Integer size = luaL_checkinteger(L, 2);
  struct stat now;
  if (fstat(a->fd, &now) != 0) return appender_result(L, false);
  luaL_argcheck(L, size >= 0 && size <= (lua_Integer)now.st_size, 2, "not within the file");
  return appender_result(L, ftruncate(a->fd, (off_t)size) == 0);
}

/* a:sync() -> true once the data are on the disk; files that cannot be synchronized count as so. */
static int l_appender_sync(lua_State *L) {
  appender *a = appender_check(L);
  return appender_result(L, fsync(a->fd) == 0 || errno == EINVAL || errno == EROFS);
}

/* a:close(), also __gc and __close: releases the lock; again and again if one likes. */
static int l_appender_close(lua_State *L) {
  appender *a = luaL_checkudata(L, 1, APPENDER_NAME);
  int fd = a->fd;
  a->fd = CLOSED;
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
