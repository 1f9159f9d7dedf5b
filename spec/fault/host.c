/* spec/fault/host.c: a Lua host whose allocator fails. For every scenario of
 * spec/fault/scenarios.lua the n-th allocation fails, n = 1, 2, ... until the call succeeds; each
 * failure must be an "out of memory" error, leave every object usable, and lose no byte (the state
 * is closed and counted). SPDX-License-Identifier: MIT */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct heap {
  size_t bytes;    /* in use */
  long asked;      /* growing requests since the watch began */
  long fail_from;  /* 0: never; else the first that fails */
  long fail_count; /* how many in a row: 2 is one failure and Lua's retry after its collection */
} heap;

/* lua_Alloc. Shrinking and freeing never fail: Lua relies on it. */
static void *heap_alloc(void *ud, void *block, size_t before, size_t after) {
  heap *h = ud;
  if (!block) before = 0; /* Lua passes the kind of object there */
  if (after == 0) {
    free(block);
    h->bytes -= before;
    return NULL;
  }
  if (after > before) {
    h->asked++;
    if (h->fail_from && h->asked >= h->fail_from && h->asked - h->fail_from < h->fail_count) {
      return NULL;
    }
  }
  void *moved = realloc(block, after);
  if (moved) h->bytes += after - before;
  return moved;
}

static int failures;

static void complain(const char *name, const char *mode, long n, const char *what) {
  failures++;
  printf("%s, %s, allocation %ld: %s\n", name, mode, n, what);
}

/* Calls field `what` of the scenario on top with the value of its setup; leaves an error message or
 * nothing on the stack. */
static int scenario_call(lua_State *L, const char *what) {
  lua_getfield(L, -1, what);
  lua_getfield(L, -2, "ready");
  return lua_pcall(L, 1, 0, 0);
}

static bool memory_error(lua_State *L) {
  const char *message = luaL_tolstring(L, -1, NULL);
  /* The interpreter's words where it cannot make room on its stack, for want of memory too. */
  bool yes = strstr(message, "memory") || strstr(message, "stack overflow (");
  lua_pop(L, 1);
  return yes;
}

/* One scenario in one mode; the scenario table is on top. Returns how many allocations it made. */
static long scenario_run(lua_State *L, heap *h, const char *name, const char *mode, long count) {
  for (long n = 1;; n++) {
    lua_gc(L, LUA_GCCOLLECT);
    h->asked = 0;
    h->fail_from = n;
    h->fail_count = count;
    int outcome = scenario_call(L, "act");
    bool reached = h->asked >= n;
    h->fail_from = 0;
    if (outcome != LUA_OK) {
      if (!reached || !memory_error(L)) complain(name, mode, n, luaL_tolstring(L, -1, NULL));
      lua_settop(L, 3);
    }
    /* promise: after every failed allocation the objects work, and no byte is lost at the end */
    if (scenario_call(L, "act") != LUA_OK) {
      complain(name, mode, n, "afterwards the same call fails:");
      printf("    %s\n", luaL_tolstring(L, -1, NULL));
      lua_settop(L, 3);
      return n;
    }
    if (!reached) return n - 1;
  }
}

/* Arguments: the path of scenarios.lua. LUA_PATH and LUA_CPATH lead to linnet. */
int main(int argc, char **argv) {
  heap h = {0};
  long total = 0;
  int scenarios = 0;
  lua_State *L = lua_newstate(heap_alloc, &h);
  if (argc != 2 || !L) return 2;
  luaL_openlibs(L);
  if (luaL_dofile(L, argv[1]) != LUA_OK) {
    fprintf(stderr, "%s\n", lua_tostring(L, -1));
    return 2;
  }
  lua_Integer many = luaL_len(L, 1);
  for (lua_Integer i = 1; i <= many; i++) {
    lua_settop(L, 1);
    lua_geti(L, 1, i);
    lua_getfield(L, 2, "name");
    const char *name = lua_tostring(L, 3); /* stays referenced by the scenario */
    lua_pop(L, 1);
    lua_pushnil(L); /* slot 3 below the scenario keeps indices fixed */
    lua_insert(L, 2);
    if (scenario_call(L, "setup") != LUA_OK) {
      complain(name, "setup", 0, luaL_tolstring(L, -1, NULL));
      continue;
    }
    total += scenario_run(L, &h, name, "all from there on fail", 1L << 40);
    total += scenario_run(L, &h, name, "one fails", 2);
    scenarios++;
  }
  lua_close(L);
  if (h.bytes != 0) complain("closing the state", "", 0, "bytes were lost");
  printf("%d scenarios, %ld failed allocations, %d complaints\n", scenarios, total, failures);
  return failures != 0;
}
