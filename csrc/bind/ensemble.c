/* csrc/bind/ensemble.c: core.ensemble.run(problem, job) over a pool of C threads. Every block is
 * made and anchored before the threads start; the pool is joined on every way out.
 * SPDX-License-Identifier: MIT */
#include "ensemble/ensemble.h"

#include <string.h>

#include "bind/net.h"
#include "bind/object.h"

#define POOL_NAME "linnet.pool"

/* The pool's userdata: its __gc and __close cancel and join, so no thread outlives its memory. */
typedef struct bound_pool {
  ensemble_pool *pool; /* NULL before the start and after the join */
  int threads;         /* of BLAS, to be restored after the join */
} bound_pool;

static int pool_close(lua_State *L) {
  bound_pool *b = bind_arg_object(L, 1, POOL_NAME);
  if (!b->pool) return 0;
  ensemble_cancel(b->pool);
  ensemble_join(b->pool);
  b->pool = NULL;
  blas_threads(b->threads);
  return 0;
}

static int field_length(lua_State *L, const char *name) {
  if (lua_getfield(L, 2, name) != LUA_TTABLE) return 0;
  return (int)luaL_len(L, -1);
}

/* Leaves a block of measures on the stack. */
static void read_measures(lua_State *L, ensemble_job *job) {
  job->measures = field_length(L, "measure");
  ensemble_measure *list = bind_block(L, sizeof *list * (size_t)(job->measures + 1), 0);
  for (int i = 0; i < job->measures; i++) {
    lua_rawgeti(L, -2, i + 1);
    if (!ensemble_measure_named(bind_arg_text(L, -1, NULL), &list[i]))
      bind_fail(L, "misuse", "ensemble: there is no measure '%s'", lua_tostring(L, -1));
    lua_pop(L, 1);
  }
  job->measure = list;
}

/* Leaves a block of seeds, and one of pointers to states where they are given, on the stack. */
static void read_starts(lua_State *L, ensemble_job *job) {
  job->count = field_length(L, "seeds");
  uint64_t *seeds = bind_block(L, sizeof *seeds * (size_t)(job->count + 1), 0);
  for (int i = 0; i < job->count; i++) {
    lua_rawgeti(L, -2, i + 1);
    seeds[i] = (uint64_t)bind_arg_integer(L, -1);
    lua_pop(L, 1);
  }
  job->seeds = seeds;
  if (field_length(L, "states") == 0) {
    job->kp = start_columns(job->p, job->h);
    job->pr = job->invariant ? 0 : start_frame_rows(job->p, job->kp);
    return;
  }
  fold of;
  mat Y;
  job->folded = !job->descend.method;
  const state **starts = bind_block(L, sizeof *starts * (size_t)job->count, 0);
  for (int i = 0; i < job->count; i++) {
    lua_rawgeti(L, -2, i + 1);
    if (job->Ytest.p) bind_state_frame(L, lua_gettop(L)); /* while this thread is alone */
    const state *s = starts[i] = bind_state_check(L, -1);
    if (s->o->kp > job->kp) job->kp = s->o->kp;
    if (s->o->R.rows > job->pr) job->pr = s->o->R.rows;
    job->folded = job->folded && stepper_folds(state_dims(s), job->flow.method) &&
                  bind_state_fold(L, lua_gettop(L), job->flow.weight_decay, &of, &Y);
    if (job->folded) lua_pop(L, 1);
    lua_pop(L, 1);
  }
  job->starts = starts;
}

static void read_job(lua_State *L, ensemble_job *job) {
  *job = (ensemble_job){.p = bind_problem_check(L, 1)};
  if (lua_getfield(L, 2, "descend") == LUA_TTABLE)
    job->descend = bind_descent_spec(L, lua_gettop(L));
  else if (lua_getfield(L, 2, "flow") == LUA_TTABLE) job->flow = bind_flow_spec(L, lua_gettop(L));
  job->h = bind_number_or(L, 2, "h", 0.0);
  job->s_u = bind_number_or(L, 2, "std_u", 0.0);
  job->s_v = bind_number_or(L, 2, "std_v", 0.0);
  job->invariant = bind_flag(L, 2, "invariant");
  lua_getfield(L, 2, "Xtest");
  lua_getfield(L, 2, "Ytest");
  if (bind_matrix_test(L, -2, &job->Xtest)) job->Ytest = bind_matrix_check(L, lua_gettop(L));
  read_measures(L, job);
  read_starts(L, job);
}

/* Pushes the block that holds every thread's room. */
static ensemble_room *rooms_push(lua_State *L, const ensemble_job *job, int threads) {
  ensemble_room *rooms = NULL, shape;
  for (placing at = bind_scratch(L); placing_next(&at);) {
    rooms = arena_bytes(&at.room, (size_t)threads, sizeof *rooms);
    for (int i = 0; i < threads; i++)
      ensemble_room_layout(&at.room, rooms ? &rooms[i] : &shape, job);
  }
  lua_pushinteger(L, (lua_Integer)(lua_rawlen(L, -1) / (lua_Unsigned)threads));
  return rooms;
}

/* Pushes the pool, and what joins its threads however the function is left. */
static bound_pool *pool_push(lua_State *L, ensemble_pool **pool, int threads) {
  *pool = bind_block(L, ensemble_pool_size(threads), 0);
  bound_pool *b = bind_block(L, sizeof *b, 0);
  luaL_setmetatable(L, POOL_NAME);
  lua_toclose(L, lua_gettop(L));
  bind_threads_hold(L); /* whatever progress calls, while the pool is in BLAS */
  lua_toclose(L, lua_gettop(L));
  b->threads = blas_threads(1);
  return b;
}

/* Waits until the pool is done; false when Ctrl-C came or progress, at 4, raised: its error takes
 * its place. */
static bool pool_attend(lua_State *L, ensemble_pool *pool) {
  tick t = bind_tick(L);
  while (!ensemble_wait(pool)) {
    if (tick_asks(&t)) return false;
    if (lua_isnil(L, 4)) continue;
    lua_pushvalue(L, 4);
    lua_pushinteger(L, ensemble_done(pool));
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
      lua_replace(L, 4);
      return false;
    }
  }
  return true;
}

/* core.ensemble.run(problem, job, threads, progress(done) or nil) -> results (count x columns),
 * bytes per thread, what stopped it (nil, "interrupted", "raised"), and what progress raised. A row
 * not done holds nan. */
static int l_ensemble_run(lua_State *L) {
  ensemble_job job;
  int threads = (int)bind_arg_integer(L, 3), columns = 0;
  lua_settop(L, 4);
  luaL_checkstack(L, 2 * LUA_MINSTACK, "ensemble");
  read_job(L, &job);
  if (threads > job.count) threads = job.count > 0 ? job.count : 1;
  if (!blas_reentrant()) threads = 1;
  for (int i = 0; i < job.measures; i++) columns += ensemble_columns(job.p, job.measure[i]);
  job.out = bind_matrix_new(L, job.count, columns);
  int out = lua_gettop(L);
  mat_fill(job.out, 0.0 / 0.0);
  ensemble_room *rooms = rooms_push(L, &job, threads);
  int bytes = lua_gettop(L);
  ensemble_pool *pool;
  bound_pool *b = pool_push(L, &pool, threads);
  if (ensemble_start(pool, &job, rooms, threads) == 0) {
    blas_threads(b->threads);
    return bind_fail(L, "memory", "ensemble: no thread could be started");
  }
  b->pool = pool;
  bool stopped = !pool_attend(L, pool);
  /* The caller hears of Ctrl-C by the result; the hook would hit its next instruction instead. */
  bool interrupted = bind_interrupted(L);
  stopped = stopped || interrupted;
  if (stopped) ensemble_cancel(pool);
  ensemble_join(pool);
  b->pool = NULL;
  blas_threads(b->threads);
  lua_pushvalue(L, out);
  lua_pushvalue(L, bytes);
  bool raised = stopped && !interrupted;
  lua_pushstring(L, raised ? "raised" : stopped ? "interrupted" : NULL);
  if (raised) lua_pushvalue(L, 4);
  else lua_pushnil(L);
  return 4;
}

void bind_ensemble(lua_State *L) {
  static const luaL_Reg functions[] = {{"run", l_ensemble_run}, {NULL, NULL}};
  static const luaL_Reg meta[] = {{"__gc", pool_close}, {"__close", pool_close}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
  bind_type(L, POOL_NAME, NULL, NULL, meta);
  lua_newtable(L); /* what there is at the end of a run, beside core.state.measures */
  for (int i = 0; run_measures[i].name; i++) {
    lua_pushstring(L, run_measures[i].name);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "measures");
}
