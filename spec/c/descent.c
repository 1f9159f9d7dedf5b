/* spec/c/descent.c: every update against full matrices, the drift identity, the limit of small
 * steps, batches of an epoch, and divergence. SPDX-License-Identifier: MIT */
#include "descent/descent.h"

#include "cases.h"

static descent rooms(const field *f, const update *u, int kp, int n, int batch) {
  descent d = {0};
  CHECK_LAYOUT(a, descent_layout(a, &d, dims_of(f->r, f->m, kp), u, n, batch));
  return d;
}

static descent_spec spec_of(const update *which, double eta, int64_t steps) {
  return (descent_spec){.method = which, .eta = eta, .momentum = 0.9, .seed = 1, .steps = steps};
}

static flow_reason run(descent *d, const field *f, const descent_spec *spec, mat Z0) {
  descent_start(d, f, spec, (mat){0}, (mat){0}, Z0);
  return descent_advance(d, INT64_MAX, NULL);
}

static void check_reference(void) {
  for (int i = 0; i < CASES; i++) {
    spec_case c = case_load(case_names[i]);
    const char *text = check_key(c.text, "descent");
    descent d = rooms(&c.f, &update_gd, c.h, 0, 0);
    descent_spec spec = spec_of(&update_gd, check_number(text, "eta"), 50);
    mat want = case_reduced(&c, text, "U", "V");
    check(run(&d, &c.f, &spec, c.Z0) == FLOW_TIME && d.k == 50, "%s: 50 steps", c.name);
    check(check_distance(d.Z, want) <= 1e-13, "%s: gd as by full matrices: %.1e", c.name,
          check_distance(d.Z, want));
  }
}

static void velocity(const field *f, mat Z, mat out) {
  mat A = check_mat(f->r, f->m);
  field_error(f, Z, A);
  field_force(f, A, A);
  field_velocity(f, Z, A, out);
}

/* Heavy ball and Nesterov from their definitions. */
static void check_momentum(bool ahead) {
  field f = case_random(5, 2, 2.0, 0.7, 41);
  mat Z0 = case_weights(7, 6, 0.5, 42), Z = check_mat(7, 6), D = check_mat(7, 6);
  mat X = check_mat(7, 6), S = check_mat(7, 6);
  descent d = rooms(&f, ahead ? &update_nesterov : &update_heavy_ball, 6, 0, 0);
  descent_spec spec = spec_of(ahead ? &update_nesterov : &update_heavy_ball, 0.02, 30);
  run(&d, &f, &spec, Z0);
  mat_copy(Z, Z0);
  for (int k = 0; k < 30; k++) {
    mat_copy(X, Z);
    if (ahead) mat_axpy(0.9, D, X);
    velocity(&f, X, S);
    mat_scale(D, 0.9);
    mat_axpy(0.02, S, D);
    mat_axpy(1.0, D, Z);
  }
  check(check_distance(d.Z, Z) <= 1e-13, "%s is its definition: %.1e", spec.method->name,
        check_distance(d.Z, Z));
}

/* Lambda+ - Lambda = eta^2 (V^T A^T A V - U^T A A^T U) */
static void check_drift_identity(void) {
  field f = case_random(5, 2, 3.0, 0.7, 43);
  mat Z0 = case_weights(7, 6, 0.5, 44), A = check_mat(5, 2), SZ = check_mat(7, 6);
  mat want = check_mat(6, 6), got = check_mat(6, 6);
  const double eta = 0.2385;
  descent d = rooms(&f, &update_gd, 6, 0, 0);
  descent_spec spec = spec_of(&update_gd, eta, 1);
  run(&d, &f, &spec, Z0);
  field_error(&f, Z0, A);
  field_force(&f, A, A);
  field_velocity(&f, Z0, A, SZ);
  blas_syrk('T', eta * eta, field_U(&f, SZ), 0.0, want);
  blas_syrk('T', -eta * eta, field_V(&f, SZ), 1.0, want);
  blas_syrk('T', 1.0, field_U(&f, d.Z), 0.0, got);
  blas_syrk('T', -1.0, field_V(&f, d.Z), 1.0, got);
  blas_syrk('T', -1.0, field_U(&f, Z0), 1.0, got);
  blas_syrk('T', 1.0, field_V(&f, Z0), 1.0, got);
  check(check_distance(got, want) <= 1e-12 * mat_max_abs(Z0), "the drift identity: %.1e",
        check_distance(got, want));
  check(mat_max_abs(want) > 1e-4, "of a drift that is there");
}

/* At t = eta k, gd is the flow with an error of order 1 in eta. */
static void check_limit(void) {
  spec_case c = case_load("wide");
  flow w = {0};
  CHECK_LAYOUT(a, flow_layout(a, &w, dims_of(c.r, c.m, c.h), &method_dop853));
  flow_spec exact = {.method = &method_dop853, .t_end = 1.0, .tol = 1e-13};
  flow_start(&w, &c.f, &exact, c.Z0, 0.0);
  while (flow_advance(&w, NULL) == FLOW_RUNNING) continue;
  mat want = check_mat(c.r + c.m, c.h);
  flow_state(&w, want);
  double error[2];
  for (int i = 0; i < 2; i++) {
    descent d = rooms(&c.f, &update_gd, c.h, 0, 0);
    descent_spec spec = spec_of(&update_gd, 2.5e-4 / (1 << i), 4000 << i);
    run(&d, &c.f, &spec, c.Z0);
    error[i] = check_distance(d.Z, want);
  }
  double slope = log2(error[0] / error[1]);
  check(fabs(slope - 1.0) <= 0.1, "gd converges to the flow with order 1: %.3f (%.1e)", slope,
        error[1]);
}

static void check_sgd(void) {
  spec_case c = case_load("tall"); /* n = 12 */
  descent d = rooms(&c.f, &update_sgd, c.h, c.n, c.n), gd = rooms(&c.f, &update_gd, c.h, 0, 0);
  descent_spec spec = spec_of(&update_sgd, 0.02, 40), full = spec_of(&update_gd, 0.02, 40);
  spec.batch = c.n;
  run(&gd, &c.f, &full, c.Z0);
  descent_start(&d, &c.f, &spec, c.W, c.Y, c.Z0);
  descent_advance(&d, 40, NULL);
  check(check_distance(d.Z, gd.Z) <= 1e-13, "sgd with the whole batch is gd: %.1e",
        check_distance(d.Z, gd.Z));
  /* One epoch at a tiny step: three batches of 4, each times 3, make three times the gradient. */
  d = rooms(&c.f, &update_sgd, c.h, c.n, 4);
  spec = spec_of(&update_sgd, 1e-9, 3);
  spec.batch = 4;
  descent_start(&d, &c.f, &spec, c.W, c.Y, c.Z0);
  descent_advance(&d, 3, NULL);
  full = spec_of(&update_gd, 3e-9, 1);
  run(&gd, &c.f, &full, c.Z0);
  double moved = check_distance(gd.Z, c.Z0);
  check(check_distance(d.Z, gd.Z) <= 1e-5 * moved,
        "an epoch visits every sample once: %.1e of %.1e", check_distance(d.Z, gd.Z), moved);
  mat once = check_mat(c.Z0.rows, c.h);
  mat_copy(once, d.Z);
  descent_start(&d, &c.f, &spec, c.W, c.Y, c.Z0);
  descent_advance(&d, 3, NULL);
  check(check_distance(d.Z, once) == 0.0, "the same seed gives the same bits");
  spec.seed = 2;
  spec.steps = 1;
  descent_start(&d, &c.f, &spec, c.W, c.Y, c.Z0);
  descent_advance(&d, 1, NULL);
  mat_copy(once, d.Z);
  spec.seed = 3;
  descent_start(&d, &c.f, &spec, c.W, c.Y, c.Z0);
  descent_advance(&d, 1, NULL);
  check(check_distance(d.Z, once) > 0.0, "another seed another batch");
}

static int always(void *unused) {
  (void)unused;
  return 1;
}

static int third(void *count) { return ++*(int *)count == 3; }

/* Asked inside a step, which is then done again with the same label noise. */
static void check_pause(void) {
  field f = case_random(6, 2, 5.0, 0.8, 47);
  mat Z0 = case_weights(8, 8, 0.5, 48), whole = check_mat(8, 8);
  const update *const slow[] = {&update_muon, &update_gauss_newton};
  for (int i = 0; i < 2; i++) {
    descent d = rooms(&f, slow[i], 8, 0, 0);
    descent_spec spec = spec_of(slow[i], 0.01, 5);
    spec.label_noise = 0.1;
    check(run(&d, &f, &spec, Z0) == FLOW_TIME, "%s takes 5 steps", slow[i]->name);
    mat_copy(whole, d.Z);
    int asked = 0;
    tick t = {third, &asked};
    descent_start(&d, &f, &spec, (mat){0}, (mat){0}, Z0);
    check(descent_advance(&d, 5, &t) == FLOW_INTERRUPTED && d.k < 2, "it hears a tick");
    check(descent_advance(&d, 5, NULL) == FLOW_TIME && d.k == 5, "and goes on");
    check(check_distance(d.Z, whole) == 0.0, "%s: to the same bits", slow[i]->name);
  }
}

static void check_ends(void) {
  field f = case_random(6, 1, 5.0, 0.8, 45);
  mat Z0 = case_weights(7, 7, 0.3, 46);
  descent d = rooms(&f, &update_gd, 7, 0, 0);
  descent_spec spec = spec_of(&update_gd, 40.0, 100000);
  check(run(&d, &f, &spec, Z0) == FLOW_DIVERGED, "a step of 40 diverges");
  stable_eta w;
  CHECK_LAYOUT(a, stable_eta_layout(a, &w, dims_of(f.r, f.m, 7)));
  double eta = descent_stable_eta(&d, &w);
  check(eta > 0.0 && isfinite(eta), "and a step is suggested: %g", eta);
  spec.eta = 0.95 * eta;
  check(run(&d, &f, &spec, Z0) == FLOW_TIME && d.excess <= 1e-25, "just below it, gd converges: %g",
        d.excess);
  spec.eta = 5.0 * eta; /* up to about twice as much, gd may still jump to a flatter minimum */
  check(run(&d, &f, &spec, Z0) == FLOW_DIVERGED, "well above it, it diverges");
  spec = spec_of(&update_gd, 0.5 * eta, 100000);
  spec.until_excess = 1e-9;
  check(run(&d, &f, &spec, Z0) == FLOW_UNTIL_EXCESS && d.excess <= 1e-9, "until an excess");
  int64_t steps = d.k;
  spec.until_excess = 0.0;
  spec.steps = steps - 1;
  run(&d, &f, &spec, Z0);
  check(d.excess > 1e-9, "reached at the first step it can be");
  tick stop = {always, NULL};
  descent_start(&d, &f, &spec, (mat){0}, (mat){0}, Z0);
  check(descent_advance(&d, 10, &stop) == FLOW_INTERRUPTED, "an interrupt is heard");
  check(descent_advance(&d, 10, NULL) == FLOW_RUNNING && d.k == 10, "and the descent goes on");
  *mat_at(Z0, 0, 0) = NAN;
  check(run(&d, &f, &spec, Z0) == FLOW_NON_FINITE, "a nan is a reason");
}

int main(void) {
  blas_threads(1);
  check_reference();
  check_momentum(false);
  check_momentum(true);
  check_drift_identity();
  check_limit();
  check_sgd();
  check_pause();
  check_ends();
  return check_done("descent");
}
