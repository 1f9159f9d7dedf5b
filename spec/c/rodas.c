/* spec/c/rodas.c: the Rosenbrock steps: their order, the imbalance, and a step over everything to
 * the point where a flow with too few hidden units rests.
 * SPDX-License-Identifier: MIT */
#include "flow/rodas.h"

#include "cases.h"
#include "flow/erk.h"
#include "flow/flow.h"

static int64_t eigenproblems;

static rodas rooms(const field *f, int kp) {
  rodas w = {0};
  CHECK_LAYOUT(a, rodas_layout(a, &w, dims_of(f->r, f->m, kp)));
  rodas_start(&w, &eigenproblems);
  return w;
}

static void run_fixed(const field *f, mat Z0, double t, int steps, mat out) {
  rodas w = rooms(f, Z0.cols);
  mat Z = check_mat(Z0.rows, Z0.cols);
  double diff[2];
  mat_copy(Z, Z0);
  for (int i = 0; i < steps; i++) {
    check(rodas_step(&w, f, Z, t / steps, out, diff, NULL) == STATUS_OK, "a step succeeds");
    rodas_accept(&w);
    mat_copy(Z, out);
  }
}

static void check_order(int kp) {
  field f = case_random(4, 2, 2.0, 0.8, 13);
  mat Z0 = case_weights(6, kp, 0.5, 14), want = check_mat(6, kp), Z = check_mat(6, kp);
  double error[2];
  case_reference(&f, Z0, 1.0, 400, want);
  for (int i = 0; i < 2; i++) {
    run_fixed(&f, Z0, 1.0, 32 << i, Z);
    error[i] = check_distance(Z, want);
    check(case_drift(&f, Z, Z0) <= 1e-14, "k' = %d: the imbalance drifts by %.1e", kp,
          case_drift(&f, Z, Z0));
  }
  double slope = log2(error[0] / error[1]);
  check(fabs(slope - 4.0) <= 0.2, "k' = %d: order 4: slope %.3f (%.1e, %.1e)", kp, slope, error[0],
        error[1]);
}

/* One hidden unit, two outputs: E stays, and no step is too long once the flow is near its end. */
static void check_rest(void) {
  field f = case_random(6, 2, 1e3, 0.7, 21);
  mat Z0 = case_weights(8, 1, 0.3, 22), near = check_mat(8, 1), out = check_mat(8, 1);
  mat E = check_mat(6, 2), SZ = check_mat(8, 1);
  double before, diff[2];
  flow w = {0};
  rodas one = rooms(&f, 1);
  CHECK_LAYOUT(a, flow_layout(a, &w, dims_of(6, 2, 1), &method_rodas4));
  flow_spec spec = {.method = &method_rodas4, .t_end = 3e7, .tol = 1e-9, .max_steps = 10000};
  flow_start(&w, &f, &spec, Z0, 0.0);
  while (flow_advance(&w, NULL) == FLOW_RUNNING) continue;
  flow_state(&w, near);
  for (int i = 0; i < 8; i++) *mat_at(near, i, 0) *= 1.0 + 1e-9 * (i - 4);
  for (int pass = 0; pass < 2; pass++) {
    mat Z = pass ? out : near;
    field_error(&f, Z, E);
    field_force(&f, E, E);
    field_velocity(&f, Z, E, SZ);
    double now = mat_max_abs(SZ);
    if (pass) check(now <= 1e-2 * before, "it lands at rest: %.1e after %.1e", now, before);
    else check((before = now) > 1e-11, "the state moves: %.1e", now);
    if (!pass)
      check(rodas_step(&one, &f, near, 1e7, out, diff, NULL) == STATUS_OK,
            "a step of 1e7 is solved");
  }
  check(case_drift(&f, out, near) <= 1e-14, "and conserves the imbalance: %.1e",
        case_drift(&f, out, near));
}

int main(void) {
  blas_threads(1);
  check_order(5);
  check_order(1);
  check_rest();
  return check_done("rodas");
}
