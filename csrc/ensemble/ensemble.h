/* csrc/ensemble/ensemble.h: many trajectories of one problem over a pool of threads, results by
 * index, so that they are the same bits for any number of threads. No Lua and one BLAS thread
 * inside. SPDX-License-Identifier: MIT */
#ifndef LINNET_ENSEMBLE_ENSEMBLE_H
#define LINNET_ENSEMBLE_ENSEMBLE_H

#include <stdint.h>

#include "descent/descent.h"
#include "flow/follow.h"
#include "model/measure.h"
#include "model/start.h"

/* The room of one thread: everything one trajectory needs, used for one after the other. */
typedef struct ensemble_job ensemble_job;
typedef struct ensemble_room {
  origin o;
  state s;
  state_work work;
  flow flow; /* one of the two */
  descent descent;
  mat Y, L;          /* k x m, k x k': of a folded job */
  fold_room folding; /* the same */
  follower follower; /* of one that measures where hidden units went */
  int64_t steps;     /* of the last run */
  flow_reason reason;
  frame_work frame;
  mat F;           /* D x pr, test error of sampled starts */
  mat Theta, Ehat; /* D x m, test rows x m */
  double began;    /* clock at the start of the row */
} ensemble_room;

/* What the end of a run says beside the measures of its last state, model/measure.h. */
typedef struct run_measure {
  const char *name;
  double (*number)(ensemble_room *room, const ensemble_job *job);
} run_measure;

extern const run_measure run_measures[]; /* name NULL at the end */

/* One of the two. */
typedef struct ensemble_measure {
  const measure *of_state;
  const run_measure *of_run;
} ensemble_measure;

struct ensemble_job {
  const problem *p;
  flow_spec flow;
  descent_spec descend; /* without a method: a flow; seed and k0 are those of the row */
  /* starts: sampled by seed, or given (then kp and pr are the largest among them) */
  double h, s_u, s_v;
  int kp, pr;
  bool invariant;
  const uint64_t *seeds;      /* count */
  const state *const *starts; /* count, or NULL */
  int count;
  bool folded; /* flows go along m columns that tell the others: from all starts they can */
  /* measures, in order; out is count x ensemble_columns */
  const ensemble_measure *measure;
  int measures;
  mat out;
  mat Xtest, Ytest; /* test_error: mean over rows of ||y - Theta^T x||^2; p NULL if not measured */
};

/* False when there is no such measure. */
bool ensemble_measure_named(const char *name, ensemble_measure *out);
/* Columns that one measure takes. */
int ensemble_columns(const problem *p, ensemble_measure m);

void ensemble_room_layout(arena *a, ensemble_room *room, const ensemble_job *job);

/* Shared between the pool and its owner; the counters are atomic. */
typedef struct ensemble_pool ensemble_pool;
size_t ensemble_pool_size(int threads);

/* Starts the threads over memory of ensemble_pool_size(threads) bytes; rooms: one per thread. job
 * and all it points to must stay until ensemble_join. Returns how many threads were started. */
int ensemble_start(ensemble_pool *pool, const ensemble_job *job, ensemble_room *rooms, int threads);
/* Waits up to 50 ms; true when every row is done. */
bool ensemble_wait(ensemble_pool *pool);
/* Rows done so far. */
int ensemble_done(const ensemble_pool *pool);
/* Asks the threads to stop at their next tick. */
void ensemble_cancel(ensemble_pool *pool);
/* Joins the threads; may be called again. */
void ensemble_join(ensemble_pool *pool);

#endif
