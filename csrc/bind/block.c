/* csrc/bind/block.c: memory, statuses and interrupts shared by the binding files (see bind.h).
 * Everything large is a userdata; this file is the one place that creates them.
 * SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "bind/bind.h"

enum { MB = 1 << 20 };
#define STEP_EVERY ((size_t)32 * MB)  /* bytes of blocks between two collector steps */
#define FULL_EVERY ((size_t)256 * MB) /* and at least so many between two full collections */

/* Kept in the registry, one for each Lua state. */
typedef struct ledger {
  size_t since_step, since_full; /* bytes handed out */
  size_t live;                   /* bytes of the whole Lua heap after the last full collection */
  int threads;                   /* what linnet.threads(n) said */
} ledger;

static const char ledger_key = 0;

static ledger *ledger_get(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &ledger_key) != LUA_TUSERDATA) {
    lua_pop(L, 1);
    ledger *fresh = lua_newuserdatauv(L, sizeof *fresh, 0);
    *fresh = (ledger){.threads = 1};
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &ledger_key);
  }
  ledger *l = lua_touserdata(L, -1);
  lua_pop(L, 1); /* the registry keeps it */
  return l;
}

/* The stock interpreter collects generationally: a minor collection never frees what survived two
 * of them, and a step asked for through the API never becomes a major one. So temporaries go with a
 * step every 32 MB, and a full collection follows once as many bytes were handed out as the heap
 * held after the last: memory stays below twice what lives plus FULL_EVERY, in both modes. */
static void ledger_count(lua_State *L, size_t bytes) {
  ledger *l = ledger_get(L);
  l->since_step += bytes;
  l->since_full += bytes;
  if (l->since_step < STEP_EVERY || !lua_gc(L, LUA_GCISRUNNING)) return;
  l->since_step = 0;
  if (l->since_full < FULL_EVERY || l->since_full < l->live) {
    lua_gc(L, LUA_GCSTEP, 0);
  } else {
    lua_gc(L, LUA_GCCOLLECT);
    l->since_full = 0;
    l->live = (size_t)lua_gc(L, LUA_GCCOUNT) * 1024;
  }
}

enum { PROBED = 1 << 28 }; /* bytes; a smaller request that fails is Lua's "not enough memory" */

bool bind_room(lua_State *L, size_t bytes) {
  if (bytes < PROBED) return true;
  if (bytes > PTRDIFF_MAX) return false;
  void *context, *block = NULL;
  lua_Alloc allocate = lua_getallocf(L, &context);
  for (int tries = 0; !block && tries < 2; tries++) {
    if (tries) lua_gc(L, LUA_GCCOLLECT);
    block = allocate(context, NULL, LUA_TUSERDATA, bytes);
  }
  if (block) allocate(context, block, bytes, 0);
  return block != NULL;
}

void *bind_block_raw(lua_State *L, size_t size, int uservalues) {
  if (!bind_room(L, size)) {
    char text[32];
    snprintf(text, sizeof text, "%.3g", (double)size / (1 << 30));
    bind_fail(L, "memory", "not enough memory: %s%s GB are needed at once",
              size > PTRDIFF_MAX ? "more than " : "", text);
  }
  ledger_count(L, size);
  return lua_newuserdatauv(L, size, uservalues);
}

void *bind_block(lua_State *L, size_t size, int uservalues) {
  return memset(bind_block_raw(L, size, uservalues), 0, size);
}

void bind_raise(lua_State *L, const char *what, status s) {
  static const char *const reasons[] = {
      [STATUS_PAUSED] = "interrupted!",
      [STATUS_NON_FINITE] = "nan or inf where a finite number must stand",
      [STATUS_SINGULAR] = "the matrix is singular or not positive definite",
      [STATUS_NO_CONVERGE] = "the iteration inside LAPACK did not converge",
      [STATUS_OVERFLOW] = "the result exceeds the doubles",
      [STATUS_LIMIT] = "there is no step small enough, or there are too many"};
  const char *kind = s == STATUS_PAUSED ? "interrupted" : "data";
  if (s != STATUS_OK) bind_fail(L, kind, "%s: %s", what, reasons[s]);
}

/* ---- one BLAS thread, held by a coroutine ---- */

static const char holds_key = 0; /* of a table: hold -> its coroutine, both weak */

/* Pushes that table. */
static void holds_push(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &holds_key) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "kv");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &holds_key);
}

static int hold_close(lua_State *L) {
  holds_push(L);
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  lua_rawset(L, -3);
  return 0;
}

void bind_threads_hold(lua_State *L) {
  holds_push(L);
  lua_newuserdatauv(L, 0, 0);
  if (luaL_newmetatable(L, "linnet.hold")) {
    lua_pushcfunction(L, hold_close);
    lua_setfield(L, -2, "__close");
  }
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_pushthread(L);
  lua_rawset(L, -4);
  lua_remove(L, -2);
}

int bind_threads(lua_State *L) {
  int threads = ledger_get(L)->threads;
  if (threads == 1) return 1;
  holds_push(L);
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
    if (lua_status(lua_tothread(L, -1)) == LUA_OK) { /* running, or waiting for what it resumed */
      lua_pop(L, 2);
      threads = 1;
      break;
    }
  lua_pop(L, 1);
  return threads;
}

void bind_set_threads(lua_State *L, int n) { ledger_get(L)->threads = n; }

static lua_State *main_thread(lua_State *L) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  lua_State *top = lua_tothread(L, -1);
  lua_pop(L, 1);
  return top;
}

/* lua.c answers SIGINT with lua_sethook(main, stop, CALL | RET | LINE | COUNT, 1). */
static int interrupt_pending(void *main) {
  return lua_gethookmask(main) == (LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT) &&
         lua_gethookcount(main) == 1;
}

tick bind_tick(lua_State *L) { return (tick){interrupt_pending, main_thread(L)}; }

int bind_interrupted(lua_State *L) {
  lua_State *top = main_thread(L);
  if (!interrupt_pending(top)) return 0;
  lua_sethook(top, NULL, 0, 0);
  return 1;
}
