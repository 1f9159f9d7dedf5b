/* csrc/bind/system.c: what the machine says of itself: the BLAS and LAPACK really in use (dladdr,
 * not what the linker was told), its threads, the terminal behind a standard
 * stream, the clock, and a pending Ctrl-C.
 * SPDX-License-Identifier: MIT */
#if defined(__APPLE__)
#define _DARWIN_C_SOURCE
#else
#define _GNU_SOURCE /* dladdr */
#endif
#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "bind/bind.h"
#include "num/blas.h"
#include "num/clock.h"

/* Called by name only, so that the linker resolves them exactly as the calls in num do. */
extern void cblas_dgemm(void);
extern void dgesdd_(void);
extern void LAPACKE_dgesdd_work(void);
extern char *openblas_get_config(void) __attribute__((weak));
extern char *openblas_get_corename(void) __attribute__((weak));

typedef void (*function)(void);

/* The file that f was loaded from, links resolved; nil when the loader does not know. */
static void push_file(lua_State *L, function f) {
  union {
    function f;
    void *p; /* ISO C has no cast between the two, POSIX asks for it */
  } at = {f};
  Dl_info info;
  if (!dladdr(at.p, &info) || !info.dli_fname) {
    lua_pushnil(L);
    return;
  }
  char path[PATH_MAX];
  lua_pushstring(L, realpath(info.dli_fname, path) ? path : info.dli_fname);
}

/*** The linear algebra libraries really in use.
Paths are those of the files that the running process calls into.
@function blas_info
@treturn table `blas`, `lapack`, `lapacke` (paths), `threads` (at present), `config` and `kernel`
  (OpenBLAS's own description and the kernel it chose; nil with other libraries)
@usage print(linnet.blas_info().blas)
*/
static int l_system_blas_info(lua_State *L) {
  lua_createtable(L, 0, 6);
  push_file(L, cblas_dgemm);
  lua_setfield(L, -2, "blas");
  push_file(L, dgesdd_);
  lua_setfield(L, -2, "lapack");
  push_file(L, LAPACKE_dgesdd_work);
  lua_setfield(L, -2, "lapacke");
  int threads = blas_threads(1);
  blas_threads(threads);
  lua_pushinteger(L, threads);
  lua_setfield(L, -2, "threads");
  if (openblas_get_config) {
    lua_pushstring(L, openblas_get_config());
    lua_setfield(L, -2, "config");
  }
  if (openblas_get_corename) {
    lua_pushstring(L, openblas_get_corename());
    lua_setfield(L, -2, "kernel");
  }
  return 1;
}

static int stream_check(lua_State *L, int arg) {
  static const char *const names[] = {"stdin", "stdout", "stderr", NULL};
  static const int files[] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
  return files[bind_arg_choice(L, arg, "stdout", names)];
}

/* isatty(["stdin" | "stdout" | "stderr"]) -> boolean */
static int l_system_isatty(lua_State *L) {
  lua_pushboolean(L, isatty(stream_check(L, 1)));
  return 1;
}

/* core.system.interrupted() -> true once, when lua.c's Ctrl-C is pending */
static int l_system_interrupted(lua_State *L) {
  lua_pushboolean(L, bind_interrupted(L));
  return 1;
}

/* core.system.clock() -> seconds of a clock that only goes forward */
static int l_system_clock(lua_State *L) {
  lua_pushnumber(L, clock_seconds());
  return 1;
}

void bind_system(lua_State *L) {
  static const luaL_Reg functions[] = {{"blas_info", l_system_blas_info},
                                       {"isatty", l_system_isatty},
                                       {"interrupted", l_system_interrupted},
                                       {"clock", l_system_clock},
                                       {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
