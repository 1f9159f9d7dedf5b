/* csrc/bind/fail.c: failures raised by the Lua module that makes them (see fail.h). Before it is
 * loaded, by a bare require "linnet.core", what is raised is a string.
 * SPDX-License-Identifier: MIT */
#include "bind/fail.h"

#include <stdarg.h>
#include <string.h>

#include "bind/bind.h"

/* Raises the message on top of the stack; arg: of this argument, 0: of none. */
static int raise(lua_State *L, const char *kind, int arg) {
  lua_checkstack(L, LUA_MINSTACK);
  const char *message = luaL_gsub(L, lua_tostring(L, -1), "got -nan", "got nan"); /* x86's 0 / 0 */
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  if (lua_getfield(L, -1, "linnet.failure") == LUA_TTABLE &&
      lua_getfield(L, -1, "from_core") == LUA_TFUNCTION) {
    lua_pushstring(L, kind);
    lua_pushstring(L, message);
    lua_pushinteger(L, arg);
    lua_call(L, 3, 0);
  }
  return arg ? luaL_argerror(L, arg, message) : luaL_error(L, "%s", message);
}

int bind_fail(lua_State *L, const char *kind, const char *format, ...) {
  va_list list;
  va_start(list, format);
  lua_pushvfstring(L, format, list);
  va_end(list);
  return raise(L, kind, 0);
}

int bind_argument(lua_State *L, int arg, const char *format, ...) {
  va_list list;
  va_start(list, format);
  lua_pushvfstring(L, format, list);
  va_end(list);
  return raise(L, "misuse", arg);
}

int bind_mistyped(lua_State *L, int arg, const char *expected) {
  const char *got = luaL_getmetafield(L, arg, "__name") == LUA_TSTRING ? lua_tostring(L, -1)
                                                                       : luaL_typename(L, arg);
  return bind_argument(L, arg, "%s expected, got %s", expected, got);
}

void bind_answer_interrupt(lua_State *L) {
  if (bind_interrupted(L)) bind_fail(L, "interrupted", "interrupted!");
}

double bind_arg_number(lua_State *L, int arg) {
  int is;
  double x = lua_tonumberx(L, arg, &is);
  if (!is) bind_mistyped(L, arg, "number");
  return x;
}

lua_Integer bind_arg_integer(lua_State *L, int arg) {
  int is;
  lua_Integer i = lua_tointegerx(L, arg, &is);
  if (!is && lua_isnumber(L, arg)) bind_argument(L, arg, "number has no integer representation");
  if (!is) bind_mistyped(L, arg, "number");
  return i;
}

lua_Integer bind_arg_integer_or(lua_State *L, int arg, lua_Integer fallback) {
  return lua_isnoneornil(L, arg) ? fallback : bind_arg_integer(L, arg);
}

const char *bind_arg_text(lua_State *L, int arg, size_t *size) {
  const char *text = lua_tolstring(L, arg, size);
  if (!text) bind_mistyped(L, arg, "string");
  return text;
}

const char *bind_arg_path(lua_State *L, int arg) {
  size_t size;
  const char *path = bind_arg_text(L, arg, &size);
  if (strlen(path) != size) bind_argument(L, arg, "a path holds no zero bytes");
  return path;
}

void *bind_arg_object(lua_State *L, int arg, const char *type) {
  void *object = luaL_testudata(L, arg, type);
  if (!object) bind_mistyped(L, arg, type);
  return object;
}

void bind_arg_type(lua_State *L, int arg, int type) {
  if (lua_type(L, arg) != type) bind_mistyped(L, arg, lua_typename(L, type));
}

int bind_arg_choice(lua_State *L, int arg, const char *fallback, const char *const names[]) {
  const char *name = fallback && lua_isnoneornil(L, arg) ? fallback : bind_arg_text(L, arg, NULL);
  for (int i = 0; names[i]; i++)
    if (strcmp(names[i], name) == 0) return i;
  return bind_argument(L, arg, "invalid option '%s'", name);
}
