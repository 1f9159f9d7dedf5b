/* spec/c/flow.c: every method on the reference cases, what a run may and may not depend on, events,
 * and hard starts, which must end with a reason.
 * SPDX-License-Identifier: MIT */
#include "flow/flow.h"

#include "cases.h"

static flow rooms(const field *f, int kp, const method *which) {
  flow w = {0};
  CHECK_LAYOUT(a, flow_layout(a, &w, dims_of(f->r, f->m, kp), which));
  return w;
}

static mat state_of(const flow *w) {
  mat out = check_mat(w->Z.rows, w->Z.cols);
  flow_state(w, out);
  return out;
}

static flow_spec spec_of(const method *which, double t_end, double tol) {
  return (flow_spec){
      .method = which, .t_end = t_end, .tol = tol, .max_steps = 100000, .max_seconds = 0.0};
}

static flow_reason run(flow *w, const field *f, const flow_spec *spec, mat Z0) {
  flow_reason why;
  flow_start(w, f, spec, Z0, 0.0);
  do why = flow_advance(w, NULL);
  while (why == FLOW_RUNNING);
  return why;
}

/* At the four reference times, met as between-states and as the end of a run. */
static void check_reference(const method *which, double tol, double bar) {
  for (int i = 0; i < CASES; i++) {
    spec_case c = case_load(case_names[i]);
    flow w = rooms(&c.f, c.h, which);
    mat out = check_mat(c.Z0.rows, c.h);
    flow_spec spec = spec_of(which, 20.0, tol);
    flow_start(&w, &c.f, &spec, c.Z0, 0.0);
    int entry = 0;
    for (flow_reason why = FLOW_RUNNING; why == FLOW_RUNNING;) {
      why = flow_advance(&w, NULL);
      double t;
      for (const char *text; entry < 4 && (text = case_entry(&c, entry, &t), t <= w.t); entry++) {
        mat want = case_reduced(&c, text, "U", "V");
        check(flow_between(&w, t, out) == STATUS_OK, "the state at %g exists", t);
        check(check_distance(out, want) <= bar, "%s, %s at t = %g: %.1e", which->name, c.name, t,
              check_distance(out, want));
        double excess = check_number(text, "loss") - check_number(c.text, "optimal_loss");
        mat E = check_mat(c.r, c.m);
        field_error(&c.f, out, E);
        check(fabs(field_excess(&c.f, out, E) - excess) <= bar, "its excess too");
      }
    }
    check(entry == 4 && w.reason == FLOW_TIME && w.t == 20.0, "the run ends in time");
    if (!which->tableau)
      check(case_drift(&c.f, state_of(&w), c.Z0) <= 1e-13, "%s conserves the imbalance: %.1e",
            which->name, case_drift(&c.f, state_of(&w), c.Z0));
  }
}

/* The global error stays below 10 tol, and every method but expo2 reaches far down. */
static void check_tolerances(const method *which, const char *file, double least) {
  race_case c = race_load(file);
  for (double tol = 1e-2; tol > 0.5 * least; tol /= 10.0) {
    flow w = rooms(&c.f, c.Z0.cols, which);
    flow_spec spec = spec_of(which, c.t, tol);
    check(run(&w, &c.f, &spec, c.Z0) == FLOW_TIME, "%s ends in time", which->name);
    check(case_error(&c.f, state_of(&w), c.Zt) <= 10.0 * tol, "%s, %s at tol %g: %.1e", file,
          which->name, tol, case_error(&c.f, state_of(&w), c.Zt));
    check(case_drift(&c.f, state_of(&w), c.Z0) <= 1e-13, "%s, %s at tol %g drifts by %.1e", file,
          which->name, tol, case_drift(&c.f, state_of(&w), c.Z0));
  }
}

/* Asking for states in between, and being interrupted at every question, changes no bit. */
static int always(void *unused) {
  (void)unused;
  return 1;
}

/* At questions 1, 2, 4, 8, ...: every step gets through in the end. */
static int now_and_then(void *count) {
  int n = ++*(int *)count;
  return (n & (n - 1)) == 0;
}

static void check_undisturbed(const method *which) {
  race_case c = race_load("race_two_outputs.json");
  flow plain = rooms(&c.f, 32, which), asked = rooms(&c.f, 32, which);
  flow_spec spec = spec_of(which, 40.0, 1e-5);
  mat out = check_mat(32, 32);
  int count = 0, refusals = 0;
  tick stop = {always, NULL}, often = {now_and_then, &count};
  flow_start(&plain, &c.f, &spec, c.Z0, 0.0);
  flow_start(&asked, &c.f, &spec, c.Z0, 0.0);
  flow_reason why = FLOW_RUNNING;
  while (why == FLOW_RUNNING) {
    check(flow_advance(&asked, &stop) == FLOW_INTERRUPTED, "an interrupt is heard");
    flow_between(&asked, 0.3 * asked.tprev + 0.7 * asked.t, out);
    flow_reason mine;
    while ((mine = flow_advance(&asked, &often)) == FLOW_INTERRUPTED) refusals++;
    why = flow_advance(&plain, NULL);
    check(mine == why && plain.t == asked.t, "both take the same step");
    if (!check(check_distance(state_of(&plain), state_of(&asked)) == 0.0, "%s: the same bits",
               which->name))
      return;
  }
  check(refusals > 3, "there were interrupts");
  check(plain.steps == asked.steps && plain.rejected == asked.rejected, "the same counts");
}

/* The state at t, by a flow of its own. */
static void state_at(const method *which, double tol, const field *f, mat Z0, double t, mat out) {
  flow w = rooms(f, Z0.cols, which);
  flow_spec spec = spec_of(which, t, tol);
  check(run(&w, f, &spec, Z0) == FLOW_TIME, "%s ends in time", which->name);
  mat_copy(out, state_of(&w));
}

static void check_between(const method *which, double tol, double bar) {
  race_case c = race_load("race_two_outputs.json");
  flow w = rooms(&c.f, 32, which);
  flow_spec spec = spec_of(which, 30.0, tol);
  mat out = check_mat(32, 32), want = check_mat(32, 32);
  double worst = 0.0, worst_drift = 0.0;
  flow_start(&w, &c.f, &spec, c.Z0, 0.0);
  while (w.reason == FLOW_RUNNING) {
    flow_advance(&w, NULL);
    double t = w.tprev + 0.37 * (w.t - w.tprev);
    flow_between(&w, t, out);
    state_at(&method_dop853, 1e-13, &c.f, c.Z0, t, want);
    worst = fmax(worst, case_error(&c.f, out, want));
    worst_drift = fmax(worst_drift, case_drift(&c.f, out, c.Z0));
  }
  check(worst <= bar, "%s: states in between err by %.1e", which->name, worst);
  if (!which->tableau)
    check(worst_drift <= 1e-13, "%s: drift in between %.1e", which->name, worst_drift);
}

/* Z -> a Z, Yt -> a^2 Yt, t -> t / a^2: the same run up to round-off. */
static void check_rescaling(const method *which, double a) {
  race_case c = race_load("race_two_outputs.json");
  field f = c.f;
  mat Z0 = check_mat(32, 32), Yt = check_mat(f.r, f.m);
  flow w = rooms(&c.f, 32, which), scaled = rooms(&c.f, 32, which);
  flow_spec spec = spec_of(which, 30.0, 1e-6), other = spec_of(which, 30.0 / (a * a), 1e-6);
  mat_copy(Yt, f.Yt);
  mat_copy(Z0, c.Z0);
  mat_scale(Yt, a * a);
  mat_scale(Z0, a);
  f.Yt = Yt;
  check(run(&w, &c.f, &spec, c.Z0) == FLOW_TIME, "the run ends");
  check(run(&scaled, &f, &other, Z0) == FLOW_TIME, "with weights of %g too", a);
  check(w.steps == scaled.steps && w.rejected == scaled.rejected,
        "%s, scaled by %g: %ld steps not %ld", which->name, a, (long)scaled.steps, (long)w.steps);
  mat same = state_of(&scaled);
  mat_scale(same, 1.0 / a);
  check(case_error(&c.f, same, state_of(&w)) <= 1e-9, "and the same states: %.1e",
        case_error(&c.f, same, state_of(&w)));
}

static void check_until(const method *which) {
  race_case c = race_load("race_two_outputs.json");
  flow w = rooms(&c.f, 32, which);
  flow_spec spec = spec_of(which, INFINITY, 1e-6);
  spec.until_excess = 2.385e-5;
  check(run(&w, &c.f, &spec, c.Z0) == FLOW_UNTIL_EXCESS, "%s stops at the excess", which->name);
  check(fabs(flow_excess(&w) / spec.until_excess - 1.0) <= 1e-8, "located: %.17g", flow_excess(&w));
  check(isfinite(w.t) && w.tprev < w.t, "at a finite time %g", w.t);
  spec.until_excess = 1e9;
  check(run(&w, &c.f, &spec, c.Z0) == FLOW_UNTIL_EXCESS && w.steps == 0, "met at once");
}

static void check_infinity(const method *which) {
  race_case c = race_load("race_two_outputs.json");
  flow w = rooms(&c.f, 32, which), finite = rooms(&c.f, 32, &method_expo4);
  flow_spec spec = spec_of(which, INFINITY, 1e-7), longer = spec_of(&method_expo4, 1e9, 1e-9);
  mat out = check_mat(32, 32), want = check_mat(32, 32);
  check(run(&w, &c.f, &spec, c.Z0) == FLOW_CONVERGED, "%s converges", which->name);
  check(flow_excess(&w) <= 1e-24, "with excess %.1e", flow_excess(&w));
  run(&finite, &c.f, &longer, c.Z0);
  check(case_error(&c.f, state_of(&w), state_of(&finite)) <= 1e-6,
        "to the state of long times: %.1e", case_error(&c.f, state_of(&w), state_of(&finite)));
  if (which->tableau) return;
  check(isinf(w.t), "by a step to infinity");
  check(flow_between(&w, 2.0 * w.tprev, out) == STATUS_LIMIT, "inside it there are no states");
  double h = w.tprev;
  flow_spec on = {.method = which, .t_end = 2.0 * h, .tol = 1e-7, .using = stepper_method(&w.step)};
  units_state_back(w.unit, w.Zprev, want);
  flow_start(&w, &c.f, &on, want, h);
  while (flow_advance(&w, NULL) == FLOW_RUNNING) continue;
  mat_copy(out, state_of(&w));
  state_at(&method_expo4, 1e-9, &c.f, c.Z0, 2.0 * h, want);
  check(case_error(&c.f, out, want) <= 1e-6, "another flow goes on from there: %.1e",
        case_error(&c.f, out, want));
}

/* Work is counted where it is done: leaving a method and coming back forgets nothing. */
static void check_counts(void) {
  race_case c = race_load("race_two_outputs.json");
  mat out = check_mat(32, 32);
  stepper s = {0};
  double err;
  CHECK_LAYOUT(a, stepper_layout(a, &s, dims_of(c.f.r, c.f.m, 32), &method_auto));
  stepper_start(&s, &c.f, 1e-6);
  for (int i = 0; i < 2; i++) {
    stepper_try(&s, c.Z0, 1e-3, out, &err, NULL);
    stepper_mark before = stepper_swap(&s, 1);
    stepper_try(&s, c.Z0, 1e-3, out, &err, NULL); /* with the kernel of its start: it is short */
    stepper_undo(&s, before);
  }
  check(s.work.eigenproblems == 2 * c.f.m, "two attempts solve %d eigenproblems, not %d", 2 * c.f.m,
        (int)s.work.eigenproblems);
  check(s.work.evaluations == 2 * 12, "24 evaluations, not %d", (int)s.work.evaluations);
  stepper_again(&s, c.Z0, 5e-4, out, &err, NULL);
  check(s.work.evaluations == 2 * 12, "states in between are not counted");
}

/* And does not depend on what is asked for on the way. */
static void check_counts_undisturbed(const method *which) {
  race_case c = race_load("race_two_outputs.json");
  flow plain = rooms(&c.f, 32, which), asked = rooms(&c.f, 32, which);
  flow_spec spec = spec_of(which, INFINITY, 1e-5);
  mat out = check_mat(32, 32);
  run(&plain, &c.f, &spec, c.Z0);
  flow_start(&asked, &c.f, &spec, c.Z0, 0.0);
  while (asked.reason == FLOW_RUNNING) {
    flow_advance(&asked, NULL);
    flow_between(&asked, isinf(asked.t) ? 2.0 * asked.tprev : asked.t * 0.99, out);
  }
  check(plain.step.work.eigenproblems == asked.step.work.eigenproblems &&
            plain.step.work.evaluations == asked.step.work.evaluations,
        "%s: the same work, %ld eigenproblems and not %ld", which->name,
        (long)plain.step.work.eigenproblems, (long)asked.step.work.eigenproblems);
}

static void check_limits(void) {
  race_case c = race_load("race_two_outputs.json");
  flow w = rooms(&c.f, 32, &method_auto);
  flow_spec spec = spec_of(&method_auto, INFINITY, 1e-8);
  spec.max_steps = 7;
  check(run(&w, &c.f, &spec, c.Z0) == FLOW_MAX_STEPS, "a step budget runs out");
  check(w.steps + w.rejected == 7 && mat_finite(state_of(&w)),
        "after that many steps, the state kept");
  spec.max_steps = 0;
  spec.max_seconds = 1e-9;
  check(run(&w, &c.f, &spec, c.Z0) == FLOW_MAX_SECONDS, "so does time");
}

/* Ends with a reason among those allowed, in a finite state, whatever the method. */
static void hard(const char *what, const field *f, mat Z0, double t_end, unsigned allowed) {
  for (const method *const *m = flow_methods; *m; m++) {
    flow w = rooms(f, Z0.cols, *m);
    flow_spec spec = spec_of(*m, t_end, 1e-6);
    spec.max_steps = 3000;
    flow_reason why = run(&w, f, &spec, Z0);
    check(allowed >> why & 1, "%s by %s ends as %s at t = %g, excess %g", what, (*m)->name,
          flow_reason_names[why], w.t, flow_excess(&w));
    check(why == FLOW_NON_FINITE || mat_finite(state_of(&w)), "%s by %s leaves a finite state",
          what, (*m)->name);
  }
}

#define BIT(reason) (1u << (reason))

static void check_hard(void) {
  const double inf = INFINITY;
  unsigned good = BIT(FLOW_CONVERGED), late = good | BIT(FLOW_MAX_STEPS);
  field f = case_random(5, 2, 4.0, 0.7, 31);
  mat zero = check_mat(7, 4), Z = case_weights(7, 4, 0.5, 32), none = check_mat(5, 2);
  hard("U = V = 0", &f, zero, inf, BIT(FLOW_SADDLE));
  hard("U = V = 0, finite time", &f, zero, 3.0, BIT(FLOW_SADDLE));
  mat_copy(zero, Z);
  mat_fill(field_U(&f, zero), 0.0);
  hard("U = 0", &f, zero, inf, late);
  mat_copy(zero, Z);
  mat_fill(field_V(&f, zero), 0.0);
  hard("V = 0", &f, zero, inf, late);
  field g = f;
  g.Yt = none;
  hard("Yt = 0", &g, Z, inf, late);
  hard("Yt = 0, finite time", &g, Z, 5.0, BIT(FLOW_TIME));
  mat thin = case_weights(7, 1, 0.5, 33);
  hard("h = 1 with two outputs", &f, thin, inf, BIT(FLOW_UNREACHABLE) | BIT(FLOW_MAX_STEPS));
  field scalar = case_random(1, 1, 1.0, 0.7, 31);
  mat one = case_weights(2, 1, 0.5, 33);
  hard("h = m = r = 1", &scalar, one, inf, late);
  *mat_at(one, 1, 0) = -*mat_at(one, 0, 0); /* balanced, on the wrong side: c = 0 */
  if (scalar.Yt.p[0] < 0.0) *mat_at(one, 1, 0) *= -1.0;
  hard("c = 0 towards the saddle", &scalar, one, 2e2, BIT(FLOW_TIME) | BIT(FLOW_SADDLE));
  scalar.Yt.p[0] = 0.0;
  hard("c = 0 and zero margin", &scalar, one, inf, late | BIT(FLOW_SADDLE));
  mat_scale(one, 1e-8);
  hard("weights of 1e-8", &f, (mat_scale(Z, 1e-8), Z), inf, late);
  hard("weights of 1e8", &f, (mat_scale(Z, 1e16), Z), inf, late);
  field stiff = case_random(8, 1, 1e6, 0.7, 35);
  hard("kappa = 1e12", &stiff, case_weights(9, 9, 0.5, 36), 1e3,
       BIT(FLOW_TIME) | BIT(FLOW_MAX_STEPS));
  hard("kappa = 1e12 for ever", &stiff, case_weights(9, 9, 0.5, 36), inf, late);
  mat_fill(f.Yt, 1e200);
  hard("a flow that overflows", &f, case_weights(7, 4, 1e100, 32), 1e300,
       BIT(FLOW_NON_FINITE) | BIT(FLOW_STEP_UNDERFLOW) | BIT(FLOW_MAX_STEPS) | BIT(FLOW_TIME));
  *mat_at(Z, 0, 0) = NAN;
  hard("a nan in the weights", &f, Z, 1.0, BIT(FLOW_NON_FINITE));
}

int main(void) {
  blas_threads(1);
  check_reference(&method_dopri5, 1e-12, 1e-9);
  check_reference(&method_dop853, 1e-12, 1e-9);
  check_reference(&method_expo4, 1e-11, 1e-8);
  check_reference(&method_auto, 1e-11, 1e-8);
  check_reference(&method_expo2, 1e-6, 1e-4);
  check_tolerances(&method_auto, "race_mild.json", 1e-12);
  check_tolerances(&method_expo4, "race_mild.json", 1e-8);
  check_tolerances(&method_auto, "race_stiff.json", 1e-6);
  check_tolerances(&method_auto, "race_two_outputs.json", 1e-11);
  check_tolerances(&method_expo4, "race_two_outputs.json", 1e-11);
  check_tolerances(&method_expo2, "race_two_outputs.json", 1e-5);
  for (const method *const *m = flow_methods; *m; m++) {
    check_undisturbed(*m);
    check_until(*m);
    check_rescaling(*m, 1e4);
    check_rescaling(*m, 1e-4);
  }
  check_between(&method_expo2, 1e-4, 1e-3);
  check_between(&method_expo4, 1e-7, 1e-6);
  check_between(&method_auto, 1e-7, 1e-6);
  check_between(&method_dopri5, 1e-7, 1e-6);
  check_between(&method_dop853, 1e-7, 1e-6);
  check_infinity(&method_auto);
  check_infinity(&method_expo4);
  check_infinity(&method_dop853);
  check_counts();
  check_counts_undisturbed(&method_auto);
  check_counts_undisturbed(&method_expo4);
  check_limits();
  check_hard();
  return check_done("flow");
}
