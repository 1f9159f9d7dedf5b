/* spec/c/nearest.c: points of least norm in polyhedra against their conditions: x is a combination
 * of active normals, of weights >= 0 for inequalities; and polyhedra without a point.
 * SPDX-License-Identifier: MIT */
#include "num/nearest.h"

#include "num/blas.h"
#include "num/lapack.h"
#include "num/random.h"

#include "check.h"

typedef struct known {
  mat A, b; /* count x d, count x 1 */
} known;

static void known_values(void *arg, const double *x, double *out) {
  known *k = arg;
  mat v = mat_of(out, k->A.rows, 1);
  mat_copy(v, k->b);
  blas_gemm('N', 'N', 1.0, k->A, mat_of((double *)x, k->A.cols, 1), -1.0, v);
}

static double known_row(void *arg, int i, double *out) {
  known *k = arg;
  for (int j = 0; j < k->A.cols; j++) out[j] = mat_get(k->A, i, j);
  return k->b.p[i];
}

/* Constraints that the point z meets, some with equality, some twice. */
static known known_make(int count, int equal, int d, mat z, int seed) {
  philox g = philox_make(21, (uint64_t)seed);
  known k = {check_mat(count, d), check_mat(count, 1)};
  random_fill_normal(&g, k.A, 1.0);
  random_fill_normal(&g, z, 1.0);
  for (int j = 0; count > 3 && j < d; j++) *mat_at(k.A, count - 1, j) = mat_get(k.A, count - 2, j);
  blas_gemm('N', 'N', 1.0, k.A, z, 0.0, k.b);
  for (int i = equal; i < count; i++) k.b.p[i] -= 0.3 * (i % 4);
  return k;
}

/* The weights, alone, with which the active normals make x; what they leave of it. */
static mat weights_of(const known *k, const nearest *w, mat x, mat left) {
  mat A = check_mat(w->active, w->d), G = check_mat(w->active, w->active);
  mat weights = check_mat(w->active, 1);
  mat_copy(left, x);
  if (w->active == 0) return weights;
  for (int j = 0; j < w->active; j++) mat_copy(mat_rows(A, j, 1), mat_rows(k->A, w->which[j], 1));
  blas_gemm('N', 'N', 1.0, A, x, 0.0, weights);
  blas_gemm('N', 'T', 1.0, A, A, 0.0, G);
  check(lapack_chol(G) == STATUS_OK, "active normals are independent");
  blas_trsm('L', 'L', 'N', 1.0, G, weights);
  blas_trsm('L', 'L', 'T', 1.0, G, weights);
  blas_gemm('T', 'N', -1.0, A, weights, 1.0, left);
  return weights;
}

static void feasible(int count, int equal, int d, int seed) {
  mat z = check_mat(d, 1), x = check_mat(d, 1), left = check_mat(d, 1), v = check_mat(count, 1);
  known k = known_make(count, equal, d, z, seed);
  nearest w;
  CHECK_LAYOUT(a, nearest_layout(a, &w, d, count));
  nearest_rows rows = {count, equal, known_values, known_row, &k};
  status s = nearest_point(&w, &rows, 1e-13, x.p, NULL);
  if (!check(s == STATUS_OK, "%d of %d, %d equal: found (%d)", count, d, equal, s)) return;
  known_values(&k, x.p, v.p);
  double harm = 0.0;
  for (int i = 0; i < count; i++) harm = fmax(harm, i < equal ? fabs(v.p[i]) : -v.p[i]);
  check(harm <= 1e-11, "%d of %d: a constraint is missed by %g", count, d, harm);
  mat weights = weights_of(&k, &w, x, left);
  double lowest = 0.0, slack = 0.0, apart = 0.0;
  for (int j = 0; j < w.active; j++) {
    int i = w.which[j];
    if (i >= equal) lowest = fmin(lowest, weights.p[j]);
    if (i >= equal) apart = fmax(apart, fabs(weights.p[j] - w.lambda[j]));
    slack = fmax(slack, fabs(v.p[i]));
  }
  check(lowest >= -1e-11, "%d of %d: a weight of %g", count, d, lowest);
  check(apart <= 1e-11, "%d of %d: a multiplier is off by %g", count, d, apart);
  check(slack <= 1e-10, "%d of %d: an active one is off by %g", count, d, slack);
  check(mat_norm_fro(left) <= 1e-10 * (1.0 + mat_norm_fro(x)), "%d of %d: %g is no combination",
        count, d, mat_norm_fro(left));
  check(mat_norm_fro(x) <= mat_norm_fro(z) * (1.0 + 1e-12), "no longer than one that is known");
}

static void infeasible(void) {
  known k = {check_mat(3, 2), check_mat(3, 1)};
  const double rows_of[][3] = {{1, 0, 1}, {0, 1, 1}, {-1, -1, -1}}; /* x, y >= 1, x + y <= 1 */
  for (int i = 0; i < 3; i++) {
    *mat_at(k.A, i, 0) = rows_of[i][0];
    *mat_at(k.A, i, 1) = rows_of[i][1];
    k.b.p[i] = rows_of[i][2];
  }
  nearest w;
  CHECK_LAYOUT(a, nearest_layout(a, &w, 2, 3));
  nearest_rows rows = {3, 0, known_values, known_row, &k};
  double x[2];
  check(nearest_point(&w, &rows, 1e-13, x, NULL) == STATUS_SINGULAR, "no point");
  k.b.p[2] = -2.0;
  check(nearest_point(&w, &rows, 1e-13, x, NULL) == STATUS_OK, "one point");
  check(fabs(x[0] - 1.0) <= 1e-14 && fabs(x[1] - 1.0) <= 1e-14, "it is (%g, %g)", x[0], x[1]);
}

int main(void) {
  for (int seed = 0; seed < 12; seed++) {
    feasible(1, 0, 3, seed);
    feasible(8, 0, 4, seed);
    feasible(60, 0, 10, seed);
    feasible(30, 3, 10, seed);
    feasible(200, 12, 12, seed);
    feasible(40, 20, 12, seed); /* more equalities than there are directions */
  }
  infeasible();
  return check_done("nearest");
}
