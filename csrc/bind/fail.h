/* csrc/bind/fail.h: how C raises: the failures of lua/linnet/failure.lua, with their kind and the
 * line of the user's that called; and arguments read so that what is wrong with them is raised so.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_BIND_FAIL_H
#define LINNET_BIND_FAIL_H

#include <lauxlib.h>
#include <lua.h>

/* Raises a failure of a kind that failure.lua knows; the format as lua_pushfstring's. */
int bind_fail(lua_State *L, const char *kind, const char *format, ...);
/* Raises misuse: "bad argument #arg to 'the function' (...)". */
int bind_argument(lua_State *L, int arg, const char *format, ...);
/* The same: "... expected, got ...". */
int bind_mistyped(lua_State *L, int arg, const char *expected);
/* Raises "interrupted!" if Ctrl-C came during long work (a coroutine would not notice). */
void bind_answer_interrupt(lua_State *L);

/* The argument at arg, which must be of that kind; numbers and texts convert as Lua's own do. */
double bind_arg_number(lua_State *L, int arg);
lua_Integer bind_arg_integer(lua_State *L, int arg);
lua_Integer bind_arg_integer_or(lua_State *L, int arg, lua_Integer fallback);
const char *bind_arg_text(lua_State *L, int arg, size_t *size); /* size may be NULL */
const char *bind_arg_path(lua_State *L, int arg);               /* a text without zero bytes */
void *bind_arg_object(lua_State *L, int arg, const char *type); /* the block of a userdata */
void bind_arg_type(lua_State *L, int arg, int type);            /* LUA_TTABLE, ... */
/* One of names (NULL at the end), as its place among them; fallback (may be NULL) where there is
 * no argument. */
int bind_arg_choice(lua_State *L, int arg, const char *fallback, const char *const names[]);

#endif
