/* csrc/bind/object.h: what every binding of an object does: lay it out in one block of its size,
 * read its options from a table, call into num, model, flow or theory with one BLAS thread.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_BIND_OBJECT_H
#define LINNET_BIND_OBJECT_H

#include "bind/bind.h"
#include "num/blas.h"

/* Both passes of a layout, over a block that is pushed between them:
 *   for (placing at = bind_place(L, &head, sizeof head, 1); placing_next(&at);)
 *     x_layout(&at.room, &head, ...);
 * In the end head's copy stands first in the block on top of the stack, lua_touserdata(L, -1): a
 * head must not point into itself. Scratch has its head on the C stack and none in the block.
 * Raises with the size when it cannot be had. */
typedef struct placing {
  arena room; /* what the layout takes from */
  lua_State *L;
  void *head, *block; /* block: NULL in the first pass */
  size_t size;
  int uservalues, pass;
} placing;

placing bind_place(lua_State *L, void *head, size_t size, int uservalues);
static inline placing bind_scratch(lua_State *L) { return bind_place(L, NULL, 0, 0); }
bool placing_next(placing *at);

/* A call with n BLAS threads, and with one, which makes its bits the same on every machine: nothing
 * inside may raise. */
#define WITH_THREADS(n, call)                                                                      \
  do {                                                                                             \
    int threads_before_ = blas_threads(n);                                                         \
    call;                                                                                          \
    blas_threads(threads_before_);                                                                 \
  } while (0)
#define ALONE(call) WITH_THREADS(1, call)

/* The same for a call that returns a status: raises "what: reason" unless it is OK. */
#define ATTEMPT(L, what, call)                                                                     \
  do {                                                                                             \
    status status_;                                                                                \
    ALONE(status_ = call);                                                                         \
    bind_raise(L, what, status_);                                                                  \
  } while (0)

/* Field name of the table at arg, which must be a number, an integer, a string; the fallback when
 * it is nil; whether it is true. */
double bind_number(lua_State *L, int arg, const char *name);
double bind_number_or(lua_State *L, int arg, const char *name, double fallback);
int64_t bind_integer(lua_State *L, int arg, const char *name);
const char *bind_text(lua_State *L, int arg, const char *name);
bool bind_flag(lua_State *L, int arg, const char *name);
/* Field name of the table on top of the stack becomes x. */
void bind_set_number(lua_State *L, const char *name, double x);
void bind_set_flag(lua_State *L, const char *name, bool x);

#endif
