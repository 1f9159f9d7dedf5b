/* csrc/flow/ensemble.c: the pool and one trajectory of it (see ensemble.h). Threads take the next
 * row from a shared counter and write only that row; which thread takes it leaves no trace.
 * SPDX-License-Identifier: MIT */
#include "flow/ensemble.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "num/blas.h"
#include "num/clock.h"

const char *const ensemble_measure_names[MEASURES + 1] = {"loss",
                                                          "excess",
                                                          "rate",
                                                          "distance",
                                                          "imbalance_drift",
                                                          "kernel_distance",
                                                          "travel",
                                                          "singular_values",
                                                          "alignment",
                                                          "test_error",
                                                          "t",
                                                          "steps",
                                                          "seconds",
                                                          "reason",
                                                          NULL};

int ensemble_columns(const problem *p, ensemble_measure m) {
  return m == MEASURE_SINGULAR_VALUES || m == MEASURE_ALIGNMENT ? p->Py.cols : 1;
}

void ensemble_room_layout(arena *a, ensemble_room *room, const ensemble_job *job) {
  const problem *p = job->p;
  bool test = job->Ytest.p != NULL;
  *room = (ensemble_room){0};
  origin_layout(a, &room->o, p, job->kp, job->pr, 0, false);
  room->s = (state){&room->o, arena_mat(a, problem_k(p), job->kp), 0.0};
  state_work_layout(a, &room->work, &room->o);
  flow_layout(a, &room->flow, problem_dims(p, job->kp), job->flow.method);
  start_frame_layout(a, &room->frame, &room->o);
  room->F = arena_mat(a, p->D, test ? job->pr : 0);
  room->Theta = arena_mat(a, p->D, test ? p->m : 0);
  room->Ehat = arena_mat(a, test ? job->Ytest.rows : 0, p->m);
}

/* A start with fewer columns is the same start with columns of zeros. */
static void take_start(ensemble_room *room, const state *start) {
  const origin *from = start->o;
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
}

static double test_error(ensemble_room *room, const ensemble_job *job) {
  int rows = job->Ytest.rows;
  if (!room->o.F.p && room->o.R.rows > 0) {
    if (start_frame(&room->frame, &room->o, room->F) != STATUS_OK) return NAN;
    room->o.F = room->F;
  }
  mat own = room->o.F; /* a given frame may have fewer columns than R has rows: those are zero */
  mat R = room->o.R;
  room->o.F = mat_cols(own, 0, own.cols < R.rows ? own.cols : R.rows);
  room->o.R = mat_rows(R, 0, room->o.F.cols);
  state_theta(&room->s, &room->work, room->Theta);
  room->o.F = own;
  room->o.R = R;
  mat_copy(room->Ehat, job->Ytest);
  blas_gemm('N', 'N', -1.0, job->Xtest, room->Theta, 1.0, room->Ehat);
  double norm = mat_norm_fro(room->Ehat);
  return norm * norm / rows;
}

/* The measures that are one number. */
static double scalar_measure(ensemble_room *room, const ensemble_job *job, ensemble_measure m,
                             double began) {
  state *s = &room->s;
  state_work *w = &room->work;
  switch (m) {
  case MEASURE_LOSS: return job->p->optimal_loss + state_excess(s, w);
  case MEASURE_EXCESS: return state_excess(s, w);
  case MEASURE_RATE: return state_rate(s, w);
  case MEASURE_DISTANCE: return state_distance(s, w, false);
  case MEASURE_IMBALANCE_DRIFT: return state_drift(s, w);
  case MEASURE_KERNEL_DISTANCE: return state_kernel_distance(s, w);
  case MEASURE_TRAVEL: return state_travel(s, w);
  case MEASURE_TEST_ERROR: return test_error(room, job);
  case MEASURE_T: return s->t;
  case MEASURE_STEPS: return (double)room->flow.steps;
  case MEASURE_SECONDS: return clock_seconds() - began;
  case MEASURE_REASON: return (double)room->flow.reason;
  default: return NAN;
  }
}

static void measure_row(ensemble_room *room, const ensemble_job *job, int row, double began) {
  int column = 0;
  for (int i = 0; i < job->measures; i++) {
    ensemble_measure m = job->measure[i];
    int width = ensemble_columns(job->p, m);
    if (m == MEASURE_SINGULAR_VALUES || m == MEASURE_ALIGNMENT) {
      double *values = room->work.s; /* min(r + pr, m) >= min(r, m) of them */
      status done = m == MEASURE_ALIGNMENT ? state_alignment(&room->s, &room->work, values)
                                           : state_singular_values(&room->s, &room->work, values);
      for (int j = 0; j < width; j++)
        *mat_at(job->out, row, column + j) = done == STATUS_OK ? values[j] : NAN;
    } else {
      *mat_at(job->out, row, column) = scalar_measure(room, job, m, began);
    }
    column += width;
  }
}

/* One trajectory: false when the tick asked to stop. */
static bool run_row(ensemble_room *room, const ensemble_job *job, int row, const tick *t) {
  double began = clock_seconds();
  flow_reason reason;
  field f = problem_field(job->p);
  if (job->starts) take_start(room, job->starts[row]);
  else draw_start(room, job, job->seeds[row]);
  origin_begin(&room->o);
  flow_start(&room->flow, &f, &job->flow, room->s.L, room->s.t);
  do reason = flow_advance(&room->flow, t);
  while (reason == FLOW_RUNNING);
  if (reason == FLOW_INTERRUPTED) return false;
  mat_copy(room->s.L, room->flow.Z);
  room->s.t = room->flow.t;
  measure_row(room, job, row, began);
  return true;
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
