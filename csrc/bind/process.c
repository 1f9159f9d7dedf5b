/* csrc/bind/process.c: what linnet asks of the process it runs in and of those it starts: standard
 * streams that are open, a pipe that is read without missing Ctrl-C, files without a name.
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bind/bind.h"

enum { CHUNK = 1 << 16, WAIT_MS = 50 };

/* core.process.streams(): a standard stream that was closed becomes one that fails, as it did,
 * instead of the next file that is opened. What is written to such a stream must not land in a file
 * of data. */
static int l_process_streams(lua_State *L) {
  (void)L;
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl(fd, F_GETFD) == -1 && errno == EBADF) {
      int how = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
      if (open("/dev/null", how) != fd) break; /* the lowest free number is fd */
    }
  return 0;
}

/* core.process.flush() -> true when everything that was printed until now was written; or nil and
 * the reason */
static int l_process_flush(lua_State *L) {
  errno = 0;
  if (fflush(stdout) == 0 && !ferror(stdout)) {
    lua_pushboolean(L, 1);
    return 1;
  }
  lua_pushnil(L);
  lua_pushstring(L, strerror(errno ? errno : EIO));
  return 2;
}

static FILE *stream_check(lua_State *L, int arg) {
  luaL_Stream *s = bind_arg_object(L, arg, LUA_FILEHANDLE);
  if (!s->closef) bind_fail(L, "misuse", "process: the file is closed");
  return s->f;
}

/* core.process.descriptor(file) -> the number by which another program may open it, in /dev/fd */
static int l_process_descriptor(lua_State *L) {
  lua_pushinteger(L, fileno(stream_check(L, 1)));
  return 1;
}

/* core.process.read(pipe) -> the next bytes, "" at the end; or nil and the reason. Raises
 * "interrupted!" when Ctrl-C comes while there are none. Not to be mixed with pipe:read(), which
 * has a buffer. */
static int l_process_read(lua_State *L) {
  struct pollfd waiting = {fileno(stream_check(L, 1)), POLLIN, 0};
  for (;;) {
    bind_answer_interrupt(L);
    int ready = poll(&waiting, 1, WAIT_MS);
    if (ready > 0) break;
    if (ready < 0 && errno != EINTR) goto failed;
  }
  luaL_Buffer b;
  char *to = luaL_buffinitsize(L, &b, CHUNK);
  ssize_t size = read(waiting.fd, to, CHUNK);
  if (size >= 0) {
    luaL_pushresultsize(&b, (size_t)size);
    return 1;
  }
failed:
  lua_pushnil(L);
  lua_pushstring(L, strerror(errno));
  return 2;
}

/* core.process.interrupted() -> whether Ctrl-C came: the interpreter then leaves the signal to its
 * default, our prompt keeps note. Where the default stood before, nothing tells, and it may have.
 */
static int l_process_interrupted(lua_State *L) {
  struct sigaction now;
  bool unknown = sigaction(SIGINT, NULL, &now) != 0 || now.sa_handler == SIG_DFL;
  lua_pushboolean(L, unknown || prompt_interrupted());
  return 1;
}

void bind_process(lua_State *L) {
  static const luaL_Reg functions[] = {{"streams", l_process_streams},
                                       {"flush", l_process_flush},
                                       {"interrupted", l_process_interrupted},
                                       {"descriptor", l_process_descriptor},
                                       {"read", l_process_read},
                                       {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
