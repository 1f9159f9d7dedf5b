/* csrc/bind/object.c: layouts placed in blocks, fields of tables read and written (see object.h).
 * SPDX-License-Identifier: MIT */
#include "bind/object.h"

#include <stdint.h>
#include <string.h>

placing bind_place(lua_State *L, void *head, size_t size, int uservalues) {
  if (head) memset(head, 0, size);
  return (placing){.L = L, .head = head, .size = size, .uservalues = uservalues};
}

bool placing_next(placing *at) {
  switch (at->pass++) {
  case 0: at->room = arena_counting(); return true;
  case 1: {
    size_t need = arena_need(&at->room);
    at->block =
        bind_block_raw(at->L, need ? at->size + need : (size_t)PTRDIFF_MAX + 1, at->uservalues);
    at->room = arena_placing((unsigned char *)at->block + at->size, need);
    return true;
  }
  default:
    if (at->head) memcpy(at->block, at->head, at->size);
    return false;
  }
}

/* Leaves the field on top; false, with nothing there, when it is nil. */
static bool field_push(lua_State *L, int arg, const char *name) {
  bind_arg_type(L, arg, LUA_TTABLE);
  if (lua_getfield(L, arg, name) != LUA_TNIL) return true;
  lua_pop(L, 1);
  return false;
}

double bind_number_or(lua_State *L, int arg, const char *name, double fallback) {
  if (!field_push(L, arg, name)) return fallback;
  if (lua_type(L, -1) != LUA_TNUMBER)
    bind_fail(L, "misuse", "field '%s' must be a number, got %s", name, luaL_typename(L, -1));
  double x = lua_tonumber(L, -1);
  lua_pop(L, 1);
  return x;
}

double bind_number(lua_State *L, int arg, const char *name) {
  if (!field_push(L, arg, name)) bind_fail(L, "misuse", "field '%s' is missing", name);
  lua_pop(L, 1);
  return bind_number_or(L, arg, name, 0.0);
}

int64_t bind_integer(lua_State *L, int arg, const char *name) {
  int exact = 0;
  lua_Integer i = field_push(L, arg, name) ? lua_tointegerx(L, -1, &exact) : 0;
  if (!exact) bind_fail(L, "misuse", "field '%s' must be an integer", name);
  lua_pop(L, 1);
  return (int64_t)i;
}

bool bind_flag(lua_State *L, int arg, const char *name) {
  if (!field_push(L, arg, name)) return false;
  bool x = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return x;
}

const char *bind_text(lua_State *L, int arg, const char *name) {
  if (!field_push(L, arg, name) || lua_type(L, -1) != LUA_TSTRING)
    bind_fail(L, "misuse", "field '%s' must be a string", name);
  const char *text = lua_tostring(L, -1); /* the table keeps it */
  lua_pop(L, 1);
  return text;
}

void bind_set_number(lua_State *L, const char *name, double x) {
  lua_pushnumber(L, x);
  lua_setfield(L, -2, name);
}

void bind_set_flag(lua_State *L, const char *name, bool x) {
  lua_pushboolean(L, x);
  lua_setfield(L, -2, name);
}
