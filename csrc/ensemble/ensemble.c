/* csrc/ensemble/ensemble.c: the pool and one trajectory of it (see ensemble.h). Threads take the
 * next row from a shared counter and write only that row; which thread takes it leaves no trace.
 * SPDX-License-Identifier: MIT */
#include "ensemble/ensemble.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "num/blas.h"
#include "num/clock.h"

static bool measures_own(const ensemble_job *job) {
  for (int i = 0; i < job->measures; i++)
    if (job->measure[i].of_state && job->measure[i].of_state->of == MEASURE_OWN) return true;
  return false;
}

static void folded_layout(arena *a, ensemble_room *room, const ensemble_job *job) {
  dims d = problem_dims(job->p, job->kp), few = d;
  few.kp = d.m;
  flow_layout(a, &room->flow, few, job->flow.method);
  fold_open_layout(a, &room->folding, d);
  room->Y = arena_mat(a, d.r + d.m, d.m);
  room->L = room->s.L;
  if (measures_own(job)) follower_layout(a, &room->follower, d);
}

void ensemble_room_layout(arena *a, ensemble_room *room, const ensemble_job *job) {
  const problem *p = job->p;
  bool test = job->Ytest.p != NULL;
  *room = (ensemble_room){0};
  origin_layout(a, &room->o, p, job->kp, job->pr, 0, false);
  room->s = (state){.o = &room->o, .L = arena_mat(a, problem_k(p), job->kp), .decay = 1.0};
  state_work_layout(a, &room->work, &room->o);
  if (job->descend.method)
    descent_layout(a, &room->descent, problem_dims(p, job->kp), job->descend.method, p->n,
                   job->descend.batch);
  else if (job->folded) folded_layout(a, room, job);
  else flow_layout(a, &room->flow, problem_dims(p, job->kp), job->flow.method);
  start_frame_layout(a, &room->frame, &room->o);
  room->F = arena_mat(a, p->D, test ? job->pr : 0);
  room->Theta = arena_mat(a, p->D, test ? p->m : 0);
  room->Ehat = arena_mat(a, test ? job->Ytest.rows : 0, p->m);
}

/* A start with fewer columns is the same start with columns of zeros. */
static void take_start(ensemble_room *room, const state *start) {
  const origin *from = start->o;
  if (room->L.p) room->s.L = room->L;
  room->s.Y.p = NULL;
  room->s.own = false;
  mat_fill(room->o.L0, 0.0);
  mat_fill(room->s.L, 0.0);
  mat_fill(room->o.R, 0.0);
  mat_copy(mat_cols(room->o.L0, 0, from->kp), from->L0);
  mat_copy(mat_cols(room->s.L, 0, from->kp), start->L);
  mat_copy(mat_sub(room->o.R, 0, 0, from->R.rows, from->kp), from->R);
  room->o.F = from->F; /* kept by the start */
  room->o.seed = from->seed;
  room->o.h = from->h;
  room->s.t = start->t;
  room->s.k = start->k;
  room->s.decay = start->decay;
  room->o.rest = from->rest;
}

static void draw_start(ensemble_room *room, const ensemble_job *job, uint64_t seed) {
  room->o.F.p = NULL;
  room->o.seed = seed;
  room->o.h = job->h;
  room->o.s_u = job->s_u;
  room->o.s_v = job->s_v;
  start_sampled(&room->o);
  mat_copy(room->s.L, room->o.L0);
  room->s.t = 0.0;
  room->s.k = 0;
  room->s.decay = 1.0;
}

static double test_error(ensemble_room *room, const ensemble_job *job) {
  if (!room->o.F.p && room->o.R.rows > 0) {
    if (start_frame(&room->frame, &room->o, room->F) != STATUS_OK) return NAN;
    room->o.F = room->F;
  }
  state s = state_by_map(&room->s);
  state_theta(&s, &room->work, room->Theta);
  mat_copy(room->Ehat, job->Ytest);
  blas_gemm('N', 'N', -1.0, job->Xtest, room->Theta, 1.0, room->Ehat);
  double norm = mat_norm_fro(room->Ehat);
  return norm * norm / job->Ytest.rows;
}

static double run_t(ensemble_room *room, const ensemble_job *job) {
  (void)job;
  return room->s.t;
}

static double run_steps(ensemble_room *room, const ensemble_job *job) {
  (void)job;
  return (double)room->steps;
}

static double run_seconds(ensemble_room *room, const ensemble_job *job) {
  (void)job;
  return clock_seconds() - room->began;
}

static double run_reason(ensemble_room *room, const ensemble_job *job) {
  (void)job;
  return (double)room->reason;
}

const run_measure run_measures[] = {{"test_error", test_error}, {"t", run_t},
                                    {"steps", run_steps},       {"seconds", run_seconds},
                                    {"reason", run_reason},     {NULL, NULL}};

bool ensemble_measure_named(const char *name, ensemble_measure *out) {
  const run_measure *r = run_measures;
  while (r->name && strcmp(r->name, name) != 0) r++;
  *out = (ensemble_measure){measure_named(name), r->name ? r : NULL};
  return out->of_state || out->of_run;
}

int ensemble_columns(const problem *p, ensemble_measure m) {
  return m.of_state ? measure_columns(m.of_state, p) : 1;
}

/* What this measure sees of a folded state: see measure.h. */
static status open_for(ensemble_room *room, const measure *m, const tick *t) {
  state *s = &room->s;
  if (!s->Y.p || m->of == MEASURE_MAP || s->own) return STATUS_OK;
  mat first = mat_rows(s->o->L0, 0, s->o->p->r);
  status done = STATUS_OK;
  if (!s->L.p) done = fold_open(&s->of, &room->folding, first.rows, s->Y, s->decay, first, room->L);
  s->L = room->L;
  if (done != STATUS_OK || m->of == MEASURE_WHOLE) return done;
  room->follower.t = INFINITY;
  s->own = true;
  return follower_own(&room->follower, s, s->L, t);
}

/* False when the tick asked to stop. */
static bool measure_row(ensemble_room *room, const ensemble_job *job, int row, const tick *t) {
  double *values = room->work.s; /* min(r + pr, m) >= min(r, m) of them */
  for (int i = 0, column = 0; i < job->measures; i++) {
    ensemble_measure m = job->measure[i];
    status done = STATUS_OK;
    if (m.of_state) {
      done = open_for(room, m.of_state, t);
      if (done == STATUS_PAUSED) return false;
      state s = m.of_state->of == MEASURE_MAP ? state_by_map(&room->s) : room->s;
      if (done == STATUS_OK) done = measure_take(m.of_state, &s, &room->work, values);
    } else values[0] = m.of_run->number(room, job);
    for (int j = 0; j < ensemble_columns(job->p, m); j++, column++)
      *mat_at(job->out, row, column) = done == STATUS_OK ? values[j] : NAN;
  }
  return true;
}

static void flow_row(ensemble_room *room, const ensemble_job *job, const field *f, const tick *t) {
  flow *w = &room->flow;
  state *s = &room->s;
  bool folded = job->folded && fold_start(&s->of, &room->folding, f->r, s->o->L0) &&
                fold_find(&s->of, &room->folding, f->r, s->L, s->decay, room->Y);
  flow_start(w, f, &job->flow, folded ? room->Y : s->L, s->t);
  do room->reason = flow_advance(w, t);
  while (room->reason == FLOW_RUNNING);
  if (folded) {
    s->Y = room->Y;
    s->tol = job->flow.tol;
    s->L.p = NULL;
  }
  flow_state(w, folded ? s->Y : s->L);
  room->s.t = w->t;
  room->s.decay *= flow_decay(w, w->t);
  room->s.weight_decay = job->flow.weight_decay;
  room->steps = w->steps;
}

static void descent_row(ensemble_room *room, const ensemble_job *job, const field *f, uint64_t seed,
                        const tick *t) {
  descent *d = &room->descent;
  descent_spec spec = job->descend;
  spec.seed = seed;
  spec.k0 = room->s.k;
  descent_start(d, f, &spec, job->p->W, job->p->Y, room->s.L);
  room->reason = descent_advance(d, INT64_MAX, t);
  mat_copy(room->s.L, d->Z);
  room->s.t += d->t;
  room->s.k += d->k;
  room->s.decay *= d->u2;
  room->s.weight_decay = d->spec.weight_decay;
  room->steps = d->k;
}

/* One trajectory: false when the tick asked to stop. */
static bool run_row(ensemble_room *room, const ensemble_job *job, int row, const tick *t) {
  room->began = clock_seconds();
  field f = problem_field(job->p, NULL);
  if (job->starts) take_start(room, job->starts[row]);
  else draw_start(room, job, job->seeds[row]);
  origin_begin(&room->o);
  if (job->descend.method) descent_row(room, job, &f, job->seeds[row], t);
  else flow_row(room, job, &f, t);
  if (room->reason == FLOW_INTERRUPTED) return false;
  return measure_row(room, job, row, t);
}

/* ---- the pool */

typedef struct worker {
  ensemble_pool *pool;
  ensemble_room *room;
  pthread_t thread;
} worker;

struct ensemble_pool {
  const ensemble_job *job;
  atomic_int next, done, cancel;
  int running; /* threads not joined yet */
  worker workers[];
};

size_t ensemble_pool_size(int threads) {
  return sizeof(ensemble_pool) + (size_t)threads * sizeof(worker);
}

static int cancelled(void *pool) { return atomic_load(&((ensemble_pool *)pool)->cancel); }

static void *work(void *arg) {
  worker *w = arg;
  ensemble_pool *pool = w->pool;
  tick t = {cancelled, pool};
  while (!cancelled(pool)) {
    int row = atomic_fetch_add(&pool->next, 1);
    if (row >= pool->job->count || !run_row(w->room, pool->job, row, &t)) break;
    atomic_fetch_add(&pool->done, 1);
  }
  return NULL;
}

int ensemble_start(ensemble_pool *pool, const ensemble_job *job, ensemble_room *rooms,
                   int threads) {
  pool->job = job;
  atomic_init(&pool->next, 0);
  atomic_init(&pool->done, 0);
  atomic_init(&pool->cancel, 0);
  pool->running = 0;
  for (int i = 0; i < threads; i++) {
    worker *w = &pool->workers[pool->running];
    w->pool = pool;
    w->room = &rooms[i];
    if (pthread_create(&w->thread, NULL, work, w) == 0) pool->running++;
  }
  return pool->running;
}

int ensemble_done(const ensemble_pool *pool) { return atomic_load(&pool->done); }

bool ensemble_wait(ensemble_pool *pool) {
  for (int i = 0; i < 50 && ensemble_done(pool) < pool->job->count; i++)
    nanosleep(&(struct timespec){0, 1000000}, NULL);
  return ensemble_done(pool) >= pool->job->count;
}

void ensemble_cancel(ensemble_pool *pool) { atomic_store(&pool->cancel, 1); }

void ensemble_join(ensemble_pool *pool) {
  while (pool->running > 0) pthread_join(pool->workers[--pool->running].thread, NULL);
}
