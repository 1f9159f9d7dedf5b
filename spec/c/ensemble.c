/* spec/c/ensemble.c: the pool of threads, of flows and of descents by every method: the same bits
 * for any number of them, rows that are those of their seed, and a cancelled pool that can be
 * joined at once. SPDX-License-Identifier: MIT */
#include "ensemble/ensemble.h"

#include "cases.h"

enum { ROWS = 12, MEASURES = 3 };

/* A problem of its own: 8 samples of 12 inputs, two outputs. */
static problem make_problem(void) {
  problem p = {0};
  problem_work w = {0};
  philox g = philox_make(5, STREAM_X);
  mat X = check_mat(8, 12), Y = check_mat(8, 2);
  random_fill_normal(&g, X, 1.0);
  random_fill_normal(&g, Y, 1.0);
  CHECK_LAYOUT(a, (problem_layout(a, &p, 8, 12, 2, (problem_loss){0}),
                   problem_work_layout(a, &w, 8, 12, 2, (problem_loss){0}, 1)));
  check(problem_solve(&p, &w, X, Y, 1e-12) == STATUS_OK, "the problem is solved");
  return p;
}

static ensemble_job make_job(const problem *p, uint64_t *seeds, ensemble_measure *list) {
  const char *const names[MEASURES] = {"excess", "distance", "steps"};
  for (int i = 0; i < MEASURES; i++)
    check(ensemble_measure_named(names[i], &list[i]), "there is a measure %s", names[i]);
  for (int i = 0; i < ROWS; i++) seeds[i] = (uint64_t)i + 1;
  ensemble_job job = {.p = p,
                      .flow = {.method = &method_auto, .t_end = 2.0, .tol = 1e-6},
                      .h = 1e6,
                      .s_u = 1e-3,
                      .s_v = 1e-3,
                      .seeds = seeds,
                      .count = ROWS,
                      .measure = list,
                      .measures = MEASURES,
                      .out = check_mat(ROWS, MEASURES)};
  job.kp = start_columns(p, job.h);
  job.pr = start_frame_rows(p, job.kp);
  return job;
}

/* Rooms for the job, and a pool that was started; cancelled at once where that is wanted. */
static void run(const ensemble_job *job, int threads, bool cancelled) {
  ensemble_room rooms[8] = {0};
  for (int i = 0; i < threads; i++) CHECK_LAYOUT(a, ensemble_room_layout(a, &rooms[i], job));
  ensemble_pool *pool = check_memory(ensemble_pool_size(threads));
  check(ensemble_start(pool, job, rooms, threads) == threads, "%d threads start", threads);
  if (cancelled) ensemble_cancel(pool);
  else
    while (!ensemble_wait(pool)) continue;
  ensemble_join(pool);
  ensemble_join(pool); /* again: nothing is left to do */
  int done = ensemble_done(pool);
  check(cancelled ? done <= job->count : done == job->count, "%d rows are done", done);
}

static void check_rows(const ensemble_job *job, const uint64_t *seeds) {
  ensemble_job one = *job;
  one.count = 1;
  one.out = check_mat(1, MEASURES);
  for (int i = 0; i < ROWS; i += 5) {
    one.seeds = seeds + i;
    run(&one, 1, false);
    check(check_distance(one.out, mat_rows(job->out, i, 1)) == 0.0, "row %d is that of its seed",
          i);
  }
}

static void check_threads(ensemble_job job) {
  mat first = check_mat(ROWS, MEASURES);
  run(&job, 1, false);
  mat_copy(first, job.out);
  check(mat_finite(first) && mat_max_abs(first) > 0.0, "there are results");
  for (int threads = 2; threads <= 8; threads *= 2) {
    if (!blas_reentrant()) break;
    mat_fill(job.out, 0.0);
    run(&job, threads, false);
    check(check_distance(job.out, first) == 0.0, "%d threads: the same bits", threads);
    run(&job, threads, true);
  }
  mat_copy(job.out, first);
  check_rows(&job, job.seeds);
}

int main(void) {
  blas_threads(1);
  uint64_t seeds[ROWS];
  ensemble_measure list[MEASURES];
  problem p = make_problem();
  ensemble_job job = make_job(&p, seeds, list);
  check_threads(job);
  job.descend = (descent_spec){.eta = 0.01, .momentum = 0.9, .rho = 0.1, .batch = 3, .steps = 20};
  job.descend.label_noise = 0.1;
  for (int i = 0; descent_methods[i]; i++) {
    job.descend.method = descent_methods[i];
    check_threads(job);
  }
  return check_done("ensemble");
}
