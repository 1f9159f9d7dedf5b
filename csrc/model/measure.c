/* csrc/model/measure.c: what can be measured of a state (see measure.h): each a documented
 * function, and its row in the table at the end. SPDX-License-Identifier: MIT */
#include "model/measure.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "num/blas.h"

/*** Excess loss L - L*, without cancellation: 1/2 ||E||_F^2 of the squared loss, of another one the
Bregman divergence from its minimum (or from the limit that is as low), and the loss itself where
the infimum is 0. On the data of another problem that of the learned map Theta = U V' there: along a
second task what is forgotten of the first.
@function state:excess
@tparam ?problem on of as many inputs and outputs; default: the state's own
@treturn number
@usage
local X, Y = linnet.data.gaussian{n = 5, D = 20, seed = 1}
local X2, Y2 = linnet.data.gaussian{n = 5, D = 20, seed = 2}
local p, p2 = linnet.problem(X, Y), linnet.problem(X2, Y2)
local first = p:flow(p:init("gaussian", {h = 1e6, seed = 3}), {t = math.huge}).final
local second = p2:flow(p2:init(first), {t = math.huge, record = {old = p}})
print(first:excess(), second.final:excess(p), second.old:max()) */
static double measure_excess(const state *s, state_work *w) { return state_excess(s, w); }

/*** Loss L, 1/2 ||Y - X U V'||_F^2 or what the problem was made with, summed over samples.
@function state:loss
@tparam ?problem on another problem, whose X and Y are taken: as in `state:excess`
@treturn number
@usage
local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
print(p:init("gaussian", {h = 10, seed = 1}):loss()) */
static double measure_loss(const state *s, state_work *w) {
  return s->o->p->optimal_loss + measure_excess(s, w);
}

/*** What a flow or a descent with weight decay makes less: L + w/2 (||U||^2 + ||V||^2), w =
`state.weight_decay`, that of the run the state is from. Rows of U that the data do not see and that
were never drawn count with their mean, at finite width and for independent Gaussian weights; else
not at all.
@function state:objective
@treturn number the loss where w is 0
@usage
local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
local s = p:init("gaussian", {h = 10, seed = 1})
print(p:flow(s, {t = 1, weight_decay = 0.1}).final:objective()) */
static double measure_objective(const state *s, state_work *w) { return state_objective(s, w); }

/*** Instantaneous rate -d/dt log(L - L*) of the flow at this state; 0 where the excess is 0. The
flow has the weight decay of the run that the state is from, with which the excess may grow.
@function state:rate
@treturn number per unit of time
@usage
local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
print(p:init("gaussian", {h = 10, seed = 1}):rate()) */
static double measure_rate(const state *s, state_work *w) {
  field f = problem_field(s->o->p, &w->room);
  f.weight_decay = s->weight_decay;
  field_error(&f, s->L, w->E);
  return field_rate(&f, s->L, w->E, w->A, mat_cols(w->SZ, 0, s->L.cols));
}

/* state:distance, whose argument csrc/bind/state.c reads, without one. */
static double measure_distance(const state *s, state_work *w) {
  return state_distance(s, w, false);
}

/*** Change of the imbalance since the start, 0 in exact arithmetic: with d = `state.decay`, 1
without weight decay, max|L'JL - d^2 L0'JL0| over the larger of max|L'L| and max|d^2 L0'L0|. At
infinite width L and L0 may be those of the m hidden units that tell the others (`problem:flow`).
@function state:imbalance_drift
@treturn number
@usage
local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
local s = p:init("gaussian", {h = 10, seed = 1})
assert(p:flow(s, {t = 1, method = "expo4"}).final:imbalance_drift() < 1e-13) */
static double measure_drift(const state *s, state_work *w) {
  int r = s->o->p->r, columns = s->L.cols;
  double kept = s->decay * s->decay, first = s->of.a + s->of.b;
  mat G = mat_sub(w->G, 0, 0, columns, columns);
  imbalance_matrix(r, s->L, G);
  if (s->Y.p) /* it began with U = 0, V = (a + b)^{1/2} I */
    for (int i = 0; i < columns; i++) *mat_at(G, i, i) += kept * first;
  else {
    mat_axpy(-kept, s->o->G0, G);
    first = imbalance_scale(r, s->o->L0);
  }
  double change = mat_max_abs(G), top = fmax(imbalance_scale(r, s->L), kept * first);
  return change == 0.0 || top < DBL_MIN / DBL_EPSILON ? 0.0 : change / top; /* squares: subnormal */
}

/* ||N (x) diag(sigma)^2 + I (x) M||_F^2 */
static double kernel_norm2(const problem *p, mat N, mat M) {
  double s4 = 0.0, cross = 0.0, trace = 0.0;
  for (int i = 0; i < p->r; i++) {
    double s2 = p->sigma[i] * p->sigma[i];
    s4 += s2 * s2;
    cross += s2 * mat_get(M, i, i);
  }
  for (int j = 0; j < p->m; j++) trace += mat_get(N, j, j);
  return fmax(mat_dot(N, N) * s4 + (double)p->m * mat_dot(M, M) + 2.0 * trace * cross, 0.0);
}

/*** ||K - K(0)|| / ||K(0)||, K the tangent kernel (as an operator on the reduced errors).
@function state:kernel_distance
@treturn number
@usage
local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
print(p:flow(p:init("gaussian", {h = 10, seed = 1}), {t = 1}).final:kernel_distance()) */
static double measure_kernel_distance(const state *s, state_work *w) {
  const problem *p = s->o->p;
  double now, start;
  state_kernel_parts(p, s->o->L0, w->UU0, w->VV);
  start = kernel_norm2(p, w->VV, w->UU0);
  state_kernel_parts(p, s->L, w->UU, w->VV);
  mat_axpy(-1.0, w->UU0, w->UU);
  mat V0 = mat_rows(s->o->L0, p->r, p->m);
  blas_gemm('N', 'T', -1.0, V0, V0, 1.0, w->VV);
  now = kernel_norm2(p, w->VV, w->UU);
  return start > 0.0 ? sqrt(now / start) : (now > 0.0 ? INFINITY : 0.0);
}

/*** How far the weights have moved: sqrt(||U - U(0)||^2 + ||V - V(0)||^2).
@function state:travel
@treturn number
@usage
local p = linnet.problem(linnet.eye(2), linnet.ones(2, 1))
print(p:flow(p:init("gaussian", {h = 10, seed = 1}), {t = 1}).final:travel()) */
static double measure_travel(const state *s, state_work *w) {
  (void)w;
  double total = 0.0;
  for (int j = 0; j < s->o->kp; j++)
    for (int i = 0; i < s->L.rows; i++)
      total = hypot(total, mat_get(s->L, i, j) - mat_get(s->o->L0, i, j));
  return total;
}

/*** Singular values of U1 V', decreasing.
@function state:singular_values
@treturn matrix min(rank, m) x 1
@usage
local p = linnet.problem(linnet.eye(3), linnet.ones(3, 2))
print(p:init("gaussian", {h = 10, seed = 1}):singular_values()) */
static status measure_singular_values(const state *s, state_work *w, double *values) {
  blas_gemm('N', 'T', 1.0, state_U(s), state_V(s), 0.0, w->P);
  return lapack_singular_values(&w->lapack, w->P, values);
}

/*** Nuclear norm of the learned map Theta = U V': the sum of its singular values.
@function state:nuclear_norm
@treturn number
@usage
local p = linnet.problem(linnet.eye(3), linnet.ones(3, 2))
local s = p:init("gaussian", {h = 10, seed = 1})
assert(math.abs(s:nuclear_norm() / s:theta():norm("nuc") - 1) < 1e-12) */
static double measure_nuclear_norm(const state *s, state_work *w) {
  double sum = 0.0;
  if (state_map_values(s, w) != STATUS_OK) return NAN;
  for (int i = 0; i < least(w->T.rows, w->T.cols); i++) sum += w->s[i];
  return sum;
}

/*** Stable rank of the learned map Theta = U V': ||Theta||_F^2/||Theta||_2^2, between 1 and its
rank; 0 of a map that is 0.
@function state:stable_rank
@treturn number
@usage
local p = linnet.problem(linnet.eye(3), linnet.ones(3, 2))
print(p:flow(p:init("gaussian", {h = 10, seed = 1}), {t = math.huge}).final:stable_rank()) */
static double measure_stable_rank(const state *s, state_work *w) {
  double sum = 0.0;
  if (state_map_values(s, w) != STATUS_OK) return NAN;
  for (int i = 0; i < least(w->T.rows, w->T.cols) && w->s[0] > 0.0; i++)
    sum += (w->s[i] / w->s[0]) * (w->s[i] / w->s[0]);
  return sum;
}

/*** Sharpness: the largest eigenvalue of the Hessian of the loss over all (D + m) h weights, at any
width; see `state:hessian`. nan where 20,000 products did not find it to 1e-12.
@function state:sharpness
@treturn number
@usage
local X, Y = linnet.data.gaussian{n = 20, D = 50, seed = 1}
local p = linnet.problem(X, Y)
local s = p:init("gaussian", {h = 1e12, seed = 2})
local run = p:flow(s, {t = math.huge, record = {"sharpness"}})
print(run.sharpness:max(), run.final:sharpness()) */
static double measure_sharpness(const state *s, state_work *w) {
  field f = problem_field(s->o->p, &w->room);
  bool few = s->Y.p && w->columns.p;
  hessian *H = few ? &w->few_hessian : &w->hessian;
  double top = 0.0;
  status done = STATUS_OK;
  if (few) done = fold_columns(&s->of, &w->folding, f.r, s->Y, s->decay, w->columns);
  if (done == STATUS_OK) done = hessian_at(H, &f, few ? w->columns : s->L);
  if (few) hessian_beside(H, sqrt(s->of.a) * s->decay, w->folding.W);
  if (done == STATUS_OK && H->order > 0)
    done =
        lanczos_largest(few ? &w->few_lanczos : &w->lanczos, hessian_operator(H), 1, &top, w->ask);
  if (done != STATUS_OK) return NAN;
  if (s->o->h > s->o->kp) top = fmax(top, H->s[0]);
  return fmax(top, 0.0); /* the trace is not negative; what is is round-off */
}

/* Output j of training sample i: from outputs that stand, or from P = diag(sigma) U1 V^T. */
static double output_of(const state_work *w, const problem *p, int i, int j) {
  if (p->of.loss) return mat_get(w->room.F, i, j);
  double sum = 0.0;
  for (int k = 0; k < p->r; k++) sum += mat_get(p->W, i, k) * mat_get(w->P, k, j);
  return sum;
}

/* Is the largest output one of those whose target is largest, and no other equal to it? */
static bool is_right(const state_work *w, const problem *p, int i) {
  if (p->m == 1) return output_of(w, p, i, 0) * mat_get(p->Y, i, 0) > 0.0;
  double top = -INFINITY, right = -INFINITY, other = -INFINITY;
  for (int j = 0; j < p->m; j++) top = fmax(top, mat_get(p->Y, i, j));
  for (int j = 0; j < p->m; j++) {
    double *of = mat_get(p->Y, i, j) == top ? &right : &other;
    *of = fmax(*of, output_of(w, p, i, j));
  }
  return right > other;
}

/*** Share of the training samples that are decided rightly: their largest output is that of their
class, of one output its sign is that of the target.
@function state:accuracy
@treturn number from 0 to 1
@usage
local X = linnet.random(1):normal(20, 3)
local kind = linnet.matrix(20, 1, function(i) return X(i, 1) > 0 and 1 or 0 end)
local p = linnet.problem(X, kind, {loss = "logistic"})
print(p:flow(p:init("gaussian", {h = 1e6, seed = 1}), {t = 10}).final:accuracy()) */
static double measure_accuracy(const state *s, state_work *w) {
  const problem *p = s->o->p;
  int count = 0;
  if (p->of.loss) {
    field f = problem_field(p, &w->room);
    field_outputs(&f, s->L, w->room.F);
  } else {
    blas_gemm('N', 'T', 1.0, state_U(s), state_V(s), 0.0, w->P);
    mat_scale_rows(w->P, p->sigma);
  }
  for (int i = 0; i < p->n; i++) count += is_right(w, p, i);
  return (double)count / p->n;
}

const measure measures[] = {
    {.name = "loss", .log = true, .elsewhere = true, .number = measure_loss},
    {.name = "excess", .log = true, .elsewhere = true, .number = measure_excess},
    {.name = "objective", .log = true, .number = measure_objective},
    {.name = "rate", .log = true, .number = measure_rate},
    {.name = "distance", .log = true, .number = measure_distance},
    {.name = "imbalance_drift", .number = measure_drift},
    {.name = "kernel_distance",
     .log = true,
     .of = MEASURE_WHOLE,
     .number = measure_kernel_distance},
    {.name = "travel", .log = true, .of = MEASURE_OWN, .number = measure_travel},
    {.name = "sharpness", .log = true, .number = measure_sharpness},
    {.name = "accuracy", .number = measure_accuracy},
    {.name = "stable_rank", .number = measure_stable_rank},
    {.name = "nuclear_norm", .log = true, .number = measure_nuclear_norm},
    {.name = "singular_values", .log = true, .column = measure_singular_values},
    {.name = "alignment", .column = state_alignment},
    {.name = NULL}};

const measure *measure_named(const char *name) {
  const measure *m = measures;
  while (m->name && strcmp(m->name, name) != 0) m++;
  return m->name ? m : NULL;
}

status measure_take(const measure *m, const state *s, state_work *w, double *out) {
  if (m->column) return m->column(s, w, out);
  *out = m->number(s, w);
  return STATUS_OK;
}
