/* csrc/bind/bind.h: what the binding files share: blocks, matrices on the Lua stack, and one
 * bind_<file> per file, which fills core.<file>. The C function behind core.<file>.<name>, or
 * behind a method <name>, is l_<file>_<name>; the one behind a metamethod __<name> is meta_<name>.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_BIND_BIND_H
#define LINNET_BIND_BIND_H

#include <lauxlib.h>
#include <lua.h>

#include "bind/fail.h"
#include "num/arena.h"
#include "num/dense.h"
#include "num/random.h"
#include "num/status.h"

#define MATRIX_NAME  "linnet.matrix"
#define RANDOM_NAME  "linnet.random"
#define PROBLEM_NAME "linnet.problem"
#define STATE_NAME   "linnet.state"
#define FIELDS_NAME  "linnet.fields" /* tables that print as their fields */

/* Pushes a new zeroed rows x cols matrix and returns its view. Raises with both sizes named when
 * rows * cols * 8 does not fit or memory is out; counts bytes and steps the collector. */
mat bind_matrix_new(lua_State *L, int rows, int cols);
/* The matrix at arg, or an argument error that names what stands there instead. */
mat bind_matrix_check(lua_State *L, int arg);
bool bind_matrix_test(lua_State *L, int arg, mat *out);
/* The same as bind_matrix_new, content undefined: for what is written whole. */
mat bind_matrix_raw(lua_State *L, int rows, int cols);
/* Pushes a new matrix holding a copy of a. */
void bind_matrix_push(lua_State *L, mat a);
/* Pushes a view (inside the matrix at arg) that keeps its owner alive. */
void bind_matrix_view(lua_State *L, int arg, mat view);

/* Pushes a userdata of size bytes with uservalues slots, counted like a matrix; raises, with the
 * size, when out of memory. Its content begins at the returned pointer (16-byte aligned, zeroed).
 */
void *bind_block(lua_State *L, size_t size, int uservalues);

/* The same, content undefined: for what is written whole. */
void *bind_block_raw(lua_State *L, size_t size, int uservalues);

/* Could so many bytes be had at once? Lua's own memory error names no size, so a large request is
 * tried before it is made. */
bool bind_room(lua_State *L, size_t bytes);

/* Raises the status as a Lua error "what: reason"; STATUS_OK returns. */
void bind_raise(lua_State *L, const char *what, status s);

/* The tick of the main thread: true once lua.c's Ctrl-C hook is set. L may be a coroutine. */
tick bind_tick(lua_State *L);
/* Clears that hook; returns 1 if it had been set. */
int bind_interrupted(lua_State *L);

/* BLAS threads that large matrix operators may use, 1 unless linnet.threads(n) said otherwise, and
 * 1 while a hold is in force. */
int bind_threads(lua_State *L);
/* Pushes a hold, to be marked as to be closed: until then, whatever is called from this coroutine
 * uses one BLAS thread, for bits must not depend on it. It is not in force while the coroutine is
 * suspended. */
void bind_threads_hold(lua_State *L);
void bind_set_threads(lua_State *L, int n);

/* The generator behind a linnet.random userdata, or an argument error. */
philox *bind_random_check(lua_State *L, int arg);

/* The one way to expose a type: its metatable, with these metamethods, becomes core.types.<name>
 * (name begins with "linnet."); its field "methods" is the table of methods, to which Lua adds its
 * own. A field is looked up there, or by index(object, key), whose first upvalue that table is. All
 * but the name may be NULL. */
void bind_type(lua_State *L, const char *name, const luaL_Reg *methods, lua_CFunction index,
               const luaL_Reg *meta);

/* Each: core.<file> is on top of the stack and stays there. */
void bind_matrix(lua_State *L);
void bind_random(lua_State *L);
void bind_files(lua_State *L);
void bind_appender(lua_State *L);
void bind_whole(lua_State *L);
void bind_process(lua_State *L);
void bind_problem(lua_State *L);
void bind_start(lua_State *L);
void bind_state(lua_State *L);
void bind_hessian(lua_State *L);
void bind_flow(lua_State *L);
void bind_descent(lua_State *L);
void bind_theory(lua_State *L);
void bind_exact(lua_State *L);
void bind_ensemble(lua_State *L);
void bind_system(lua_State *L);
void bind_prompt(lua_State *L);

/* Whether Ctrl-C came at our prompt to what is running. */
bool prompt_interrupted(void);
void bind_table(lua_State *L);
void bind_columns(lua_State *L);

#endif
