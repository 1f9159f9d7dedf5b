/* spec/fault/states.c: several Lua states in one process. Three states run the same flow in turns,
 * a step each, and close in every order, finished or not; states in threads of their own work at
 * the same time. Every result must be that of a state alone. SPDX-License-Identifier: MIT */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATES = 3, THREADS = 4, ROUNDS = 5, LENGTH = 400 };

/* A function that returns nothing while there is work to do, and then all bits of the result. */
static const char work[] =
    "local linnet = require 'linnet'\n"
    "local X, Y = linnet.data.gaussian{n = 12, D = 20, m = 2, noise = 0.1, seed = 1}\n"
    "local p = linnet.problem(X, Y)\n"
    "local s = p:init('gaussian', {h = 1e6, seed = 2})\n"
    "return coroutine.wrap(function()\n"
    "  local run = p:flow(s, {t = 3, on_step = function() coroutine.yield() end})\n"
    "  local descent = p:descend(s, {eta = 0.01, steps = 50})\n"
    "  local many = linnet.ensemble(p, {init = {'gaussian', h = 1e6}, seeds = 4, threads = 2,\n"
    "    flow = {t = 3}})\n"
    "  local A = linnet.random(3):normal(9, 9)\n"
    "  return ('%a %a %a %a %a'):format(run.final:theta():norm(), run:at(1):distance(),\n"
    "    descent.final:theta():norm(), many.distance:sum(), (A * A:inv()):expm():norm())\n"
    "end)\n";

static int failures;

static void complain(const char *where, const char *what) {
  failures++;
  printf("%s: %s\n", where, what);
}

/* A state with the work's function at index 1, or NULL with a complaint. */
static lua_State *begin(const char *where) {
  lua_State *L = luaL_newstate();
  if (!L) return NULL;
  luaL_openlibs(L);
  if (luaL_dostring(L, work) == LUA_OK) return L;
  complain(where, lua_tostring(L, -1));
  lua_close(L);
  return NULL;
}

/* One step; 1 when the result has been written to out or an error has. */
static int advance(lua_State *L, char *out) {
  lua_pushvalue(L, 1);
  int done = lua_pcall(L, 0, 1, 0) != LUA_OK || !lua_isnil(L, -1);
  if (done) snprintf(out, LENGTH, "%s", luaL_tolstring(L, -1, NULL));
  lua_settop(L, 1);
  return done;
}

static void alone(char *out) {
  lua_State *L = begin("alone");
  out[0] = '\0';
  if (!L) return;
  while (!advance(L, out)) continue;
  lua_close(L);
}

/* The states take turns; after `turns` steps the one named first closes, then the next takes over
 * the work and so on: the last works to the end. */
static void in_turns(const int order[STATES], int turns, const char *expected) {
  lua_State *L[STATES];
  char out[STATES][LENGTH] = {{0}};
  int done[STATES] = {0};
  for (int i = 0; i < STATES; i++)
    if (!(L[i] = begin("in turns"))) exit(1);
  for (int closed = 0; closed < STATES; closed++) {
    int last = closed == STATES - 1, working = 1;
    for (int n = 0; last ? working : n < turns; n++) {
      working = 0;
      for (int k = closed; k < STATES; k++) {
        int i = order[k];
        if (!done[i]) done[i] = advance(L[i], out[i]);
        working |= !done[i];
      }
    }
    int i = order[closed];
    /* promise: every result is that of a state alone, in turns and in threads */
    if (done[i] && strcmp(out[i], expected)) complain("in turns", out[i]);
    if (last && !done[i]) complain("in turns", "the last state did not finish");
    lua_close(L[i]);
  }
}

static void *in_thread(void *out) {
  alone(out);
  return NULL;
}

static void at_once(const char *expected) {
  pthread_t thread[THREADS];
  char out[THREADS][LENGTH];
  for (int i = 0; i < THREADS; i++)
    if (pthread_create(&thread[i], NULL, in_thread, out[i])) exit(1);
  for (int i = 0; i < THREADS; i++) {
    pthread_join(thread[i], NULL);
    if (strcmp(out[i], expected)) complain("in threads", out[i]);
  }
}

/* LUA_PATH and LUA_CPATH lead to linnet. */
int main(void) {
  static const int orders[][STATES] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                       {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  char expected[LENGTH];
  /* OpenBLAS has one thread count for the whole process: two states that set it at once would undo
   * each other's, so programs with states in threads set this. */
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  alone(expected);
  if (!strstr(expected, "0x1")) complain("alone", expected);
  for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
    for (int turns = 0; turns <= 40; turns += 4) in_turns(orders[i], turns, expected);
  for (int i = 0; i < ROUNDS; i++) at_once(expected);
  printf("states in turns and in %d threads, %d complaints\n", THREADS, failures);
  return failures != 0;
}
