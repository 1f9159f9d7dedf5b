/* csrc/bind/whole.c: files that are written whole (io/whole.h), for the writers of this room and as
 * core.whole.open for Lua's.
 * SPDX-License-Identifier: MIT */
#include "bind/whole.h"

#include <errno.h>
#include <string.h>

#define WHOLE_NAME "linnet.whole"

static int answer(lua_State *L, int code) {
  if (code == 0) {
    lua_pushboolean(L, 1);
    return 1;
  }
  lua_pushnil(L);
  lua_pushstring(L, code == EWOULDBLOCK ? "another process is writing it" : strerror(code));
  lua_pushboolean(L, code == EWOULDBLOCK);
  return 3;
}

static int l_whole_close(lua_State *L) {
  whole_drop(bind_arg_object(L, 1, WHOLE_NAME));
  return 0;
}

/* Pushes a closed one. */
static whole *whole_new(lua_State *L) {
  whole *w = lua_newuserdatauv(L, sizeof *w, 0);
  w->stream = NULL;
  w->named = false;
  luaL_setmetatable(L, WHOLE_NAME);
  return w;
}

static int whole_start(lua_State *L, whole *w, const char *path) {
  tick t = bind_tick(L);
  int code = whole_begin(w, path, &t);
  if (code == EINTR) bind_answer_interrupt(L);
  return code == 0 ? 0 : answer(L, code);
}

int whole_open(lua_State *L, const char *path, whole **out) {
  *out = whole_new(L);
  lua_toclose(L, -1);
  return whole_start(L, *out, path);
}

int whole_commit(lua_State *L, whole *w) { return answer(L, whole_end(w)); }

static whole *whole_check(lua_State *L) {
  whole *w = bind_arg_object(L, 1, WHOLE_NAME);
  if (!w->stream) bind_fail(L, "misuse", "whole: the file is closed");
  return w;
}

/* core.whole.open(path) -> a file that stands under path once it is committed; or nil, the reason,
 * and true when the reason is another writer */
static int l_whole_open(lua_State *L) {
  const char *path = bind_arg_path(L, 1);
  whole *w = whole_new(L);
  int results = whole_start(L, w, path);
  return results ? results : 1;
}

/* w:write(text) -> true, or nil and the reason */
static int l_whole_write(lua_State *L) {
  whole *w = whole_check(L);
  size_t size;
  const char *text = bind_arg_text(L, 2, &size);
  return answer(L, fwrite(text, 1, size, w->stream) == size ? 0 : errno ? errno : EIO);
}

/* w:commit() -> true, or nil, the reason, and true when the reason is another writer; closed */
static int l_whole_commit(lua_State *L) { return whole_commit(L, whole_check(L)); }

void bind_whole(lua_State *L) {
  static const luaL_Reg functions[] = {{"open", l_whole_open}, {NULL, NULL}};
  static const luaL_Reg methods[] = {
      {"write", l_whole_write}, {"commit", l_whole_commit}, {"close", l_whole_close}, {NULL, NULL}};
  static const luaL_Reg meta[] = {
      {"__gc", l_whole_close}, {"__close", l_whole_close}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
  bind_type(L, WHOLE_NAME, methods, NULL, meta);
}
