/* spec/c/fastest.c: the power method along a trajectory against eigenvalues of K.
 * SPDX-License-Identifier: MIT */
#include "flow/fastest.h"

#include "cases.h"
#include "flow/flow.h"
#include "model/kernel.h"

/* lam_max(K) at Z by eigenproblems. */
static double exact(const field *f, mat Z) {
  kernel_room room;
  double low, high;
  CHECK_LAYOUT(a, kernel_room_layout(a, &room, dims_of(f->r, f->m, Z.cols)));
  check(kernel_range(&room, f, Z, &low, &high) == STATUS_OK, "its eigenproblems converge");
  return high;
}

static void along_a_flow(const spec_case *c) {
  dims d = dims_of(c->f.r, c->f.m, c->Z0.cols);
  fastest w;
  flow run = {0};
  CHECK_LAYOUT(a, (fastest_layout(a, &w, d), flow_layout(a, &run, d, &method_dop853)));
  flow_spec spec = {.method = &method_dop853, .t_end = 10.0, .tol = 1e-6};
  flow_start(&run, &c->f, &spec, c->Z0, 0.0);
  fastest_start(&w);
  do {
    double lam = exact(&run.f, run.Z), found = fastest_at(&w, &run.f, run.Z, run.steps);
    check(found <= lam * (1.0 + 1e-12), "%s: never more than it is", c->name);
    /* one pass a step: the gap to the next eigenvalue decides, which no two cases share */
    check(found >= 0.6 * lam && (run.steps < 5 || found >= 0.85 * lam), "%s, step %d: %.2f of it",
          c->name, (int)run.steps, found / lam);
    check(fastest_at(&w, &run.f, run.Z, run.steps) == found, "asked twice, the same number");
  } while (flow_advance(&run, NULL) == FLOW_RUNNING);
}

/* A kernel that is nothing to doubles, and then grows, is seen. */
static void of_nothing(void) {
  spec_case c = case_load(case_names[0]);
  mat Z = check_mat(c.Z0.rows, c.Z0.cols);
  mat_copy(Z, c.Z0);
  fastest w;
  CHECK_LAYOUT(a, fastest_layout(a, &w, dims_of(c.f.r, c.f.m, c.Z0.cols)));
  fastest_start(&w);
  mat_fill(c.Z0, 0.0);
  check(fastest_at(&w, &c.f, c.Z0, 0) == 0.0, "K = 0 has the eigenvalue 0");
  check(fastest_at(&w, &c.f, Z, 1) >= 0.6 * exact(&c.f, Z), "and another one later");
}

int main(void) {
  for (int i = 0; i < CASES; i++) {
    spec_case c = case_load(case_names[i]);
    along_a_flow(&c);
  }
  of_nothing();
  return check_done("fastest");
}
