/* csrc/num/expm.c: exp(a) = r_m(a / 2^s)^(2^s), r_m the diagonal Pade approximant (see expm.h).
 * Squaring a strongly non-normal matrix may lose everything to its hump, but not if it is
 * triangular and its diagonal blocks are put right after each squaring: a large one goes through
 * Schur form.
 * SPDX-License-Identifier: MIT */
#include "num/expm.h"

#include <float.h>
#include <math.h>

#include "num/blas.h"
#include "num/lapack.h"
#include "num/factor.h"

/* Largest norms at which r_m has a backward error below eps / 2 (Table 3.1 of the paper; 4.25 for
 * m = 13, beyond which the denominator becomes ill-conditioned). */
static const struct pade {
  int m;
  double theta;
} pades[] = {{3, 1.495585217958292e-2},
             {5, 2.539398330063230e-1},
             {7, 9.504178996162932e-1},
             {9, 2.097847961257068e0},
             {13, 4.25}};

typedef struct work {
  mat a, p2, p4, p6, p8; /* a and its even powers, n x n */
  mat u, v, t;           /* numerator and denominator are v +- u */
  mat q, schur;          /* a = q schur q^T where that is used */
  double *x, *y;         /* n */
  int *pivot;            /* n */
  double *lapack;        /* lwork */
  int lwork;
  const tick *ask; /* before every product; once it asked, products are left out */
  bool stopped;
} work;

static void layout(arena *w, work *k, int n) {
  mat *all[] = {&k->a, &k->p2, &k->p4, &k->p6, &k->p8, &k->u, &k->v, &k->t, &k->q, &k->schur};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) *all[i] = arena_mat_raw(w, n, n);
  k->x = arena_doubles(w, (size_t)n);
  k->y = arena_doubles(w, (size_t)n);
  k->pivot = arena_ints(w, (size_t)n);
  k->lwork = 66 * n + 1; /* dgehrd, dorghr and dhseqr with blocks of 64 */
  k->lapack = arena_doubles(w, (size_t)k->lwork);
}

static bool stops(work *k) { return k->stopped = k->stopped || tick_asks(k->ask); }

static void multiply(work *k, mat a, mat b, mat c) {
  if (!stops(k)) blas_gemm('N', 'N', 1.0, a, b, 0.0, c);
}

/* log2 of || |a|^k ||_1 = max of 1^T |a|^k, by k products with a vector that is rescaled. */
static double log_norm_abs_power(work *k, int power) {
  int n = k->a.rows;
  double exponent = 0.0;
  for (int j = 0; j < n; j++) k->x[j] = 1.0;
  for (; power > 0; power--) {
    double top = 0.0;
    for (int j = 0; j < n; j++) {
      const double *c = mat_col(k->a, j);
      double sum = 0.0;
      for (int i = 0; i < n; i++) sum += k->x[i] * fabs(c[i]);
      k->y[j] = sum;
      top = fmax(top, sum);
    }
    if (top == 0.0) return -INFINITY;
    for (int j = 0; j < n; j++) k->x[j] = k->y[j] / top;
    exponent += log2(top);
  }
  return exponent;
}

/* Extra squarings that round-off in r_m of a non-normal a calls for, a being scaled by 2^-s:
 * the smallest l >= 0 with |c_m| || |a|^(2m+1) || / ||a|| <= eps/2 after 2^-l. */
static int extra_scaling(work *k, int m, int s) {
  double norm = factor_norm_one(k->a);
  if (norm == 0.0) return 0;
  double c = 2.0 * m + 1.0; /* becomes 1 / |c_m| = binomial(2m, m) (2m + 1)! */
  for (int i = 1; i <= m; i++) c *= (double)(m + i) * (m + i);
  double excess = log_norm_abs_power(k, 2 * m + 1) - log2(norm) - log2(c) - 2.0 * m * s + 53.0;
  return excess > 0.0 ? (int)ceil(excess / (2.0 * m)) : 0;
}

/* ||p||_1^(1/root), where p is the root-th power of a. */
static double root_norm(mat p, int root) { return pow(factor_norm_one(p), 1.0 / root); }

/* Index into pades and number of squarings; fills p2, p4, p6 (p8 for m = 9, else scratch). */
static int choose(work *k, int *s) {
  multiply(k, k->a, k->a, k->p2);
  multiply(k, k->p2, k->p2, k->p4);
  multiply(k, k->p4, k->p2, k->p6);
  *s = 0;
  double d4 = root_norm(k->p4, 4), d6 = root_norm(k->p6, 6), eta = fmax(d4, d6);
  for (int i = 0; i < 2; i++)
    if (eta <= pades[i].theta && !extra_scaling(k, pades[i].m, 0)) return i;
  multiply(k, k->p6, k->p4, k->p8); /* a^10 for a moment */
  double d10 = root_norm(k->p8, 10);
  multiply(k, k->p4, k->p4, k->p8);
  double d8 = root_norm(k->p8, 8), eta3 = fmax(d6, d8);
  for (int i = 2; i < 4; i++)
    if (eta3 <= pades[i].theta && !extra_scaling(k, pades[i].m, 0)) return i;
  eta = fmin(eta3, fmax(d8, d10));
  if (eta > pades[4].theta) *s = (int)ceil(log2(eta / pades[4].theta));
  *s += extra_scaling(k, 13, *s);
  return 4;
}

/* v <- sum of b[2i] p2^i, t <- sum of b[2i+1] p2^i for m < 13. */
static void even_and_odd(work *k, const double *b, int m) {
  mat powers[] = {k->p2, k->p4, k->p6, k->p8};
  mat_eye(k->v);
  mat_scale(k->v, b[0]);
  mat_eye(k->t);
  mat_scale(k->t, b[1]);
  for (int i = 1; 2 * i <= m; i++) {
    mat_axpy(b[2 * i], powers[i - 1], k->v);
    mat_axpy(b[2 * i + 1], powers[i - 1], k->t);
  }
}

/* The same for m = 13 with six products: p6 (b12 p6 + b10 p4 + b8 p2) + b6 p6 + ... */
static void even_and_odd_13(work *k, const double *b) {
  mat out[] = {k->v, k->t};
  for (int odd = 0; odd < 2; odd++) {
    mat_fill(k->u, 0.0);
    mat_axpy(b[12 + odd], k->p6, k->u);
    mat_axpy(b[10 + odd], k->p4, k->u);
    mat_axpy(b[8 + odd], k->p2, k->u);
    mat_eye(out[odd]);
    mat_scale(out[odd], b[odd]);
    mat_axpy(b[2 + odd], k->p2, out[odd]);
    mat_axpy(b[4 + odd], k->p4, out[odd]);
    mat_axpy(b[6 + odd], k->p6, out[odd]);
    if (!stops(k)) blas_gemm('N', 'N', 1.0, k->p6, k->u, 1.0, out[odd]);
  }
}

/* out <- r_m(a) = (v - u)^-1 (v + u), u odd and v even in a. */
static void pade(work *k, int m, mat out) {
  double b[14]; /* b_j = (2m - j)! m! / ((2m)! (m - j)! j!), times (2m)!/m!, an integer */
  b[m] = 1.0;
  for (int j = m; j > 0; j--) b[j - 1] = b[j] * (2.0 * m - j + 1.0) * j / (m - j + 1.0);
  if (m == 13) even_and_odd_13(k, b);
  else even_and_odd(k, b, m);
  multiply(k, k->a, k->t, k->u);
  mat_copy(out, k->v);
  mat_axpy(1.0, k->u, out);
  mat_axpy(-1.0, k->u, k->v);
  if (stops(k)) return;
  lapack_solve(k->v, k->pivot, out);
}

static bool is_upper(mat a) {
  for (int j = 0; j < a.cols; j++)
    for (int i = j + 1; i < a.rows; i++)
      if (mat_get(a, i, j) != 0.0) return false;
  return true;
}

/* (e^y - e^x)/(y - x) without cancellation. */
static double divided_difference(double x, double y) {
  double half = 0.5 * (y - x);
  if (fabs(half) > 1.0) return (exp(y) - exp(x)) / (y - x);
  return half == 0.0 ? exp(x) : exp(x + half) * (sinh(half) / half);
}

/* Diagonal blocks and their neighbours in exp(f a) put right for a (quasi) upper triangular a,
 * whose 2 x 2 blocks are [x y; z x] with y z < 0; the rest of out is kept, below it becomes 0. */
static void exact_band(mat a, double f, mat out) {
  int n = a.rows;
  for (int j = 0, size; j < n; j += size) {
    double x = f * mat_get(a, j, j), e = exp(x);
    size = j + 1 < n && mat_get(a, j + 1, j) != 0.0 ? 2 : 1;
    for (int i = 0; i < size; i++) mat_fill(mat_sub(out, j + size, j + i, n - j - size, 1), 0.0);
    if (size == 2) {
      double y = f * mat_get(a, j, j + 1), z = f * mat_get(a, j + 1, j);
      double angle = sqrt(fabs(y)) * sqrt(fabs(z)), sinc = angle == 0.0 ? 1.0 : sin(angle) / angle;
      *mat_at(out, j, j) = *mat_at(out, j + 1, j + 1) = e * cos(angle);
      *mat_at(out, j, j + 1) = e * y * sinc;
      *mat_at(out, j + 1, j) = e * z * sinc;
      continue;
    }
    *mat_at(out, j, j) = e;
    if (j + 1 == n || (j + 2 < n && mat_get(a, j + 2, j + 1) != 0.0)) continue;
    double d = divided_difference(x, f * mat_get(a, j + 1, j + 1));
    *mat_at(out, j, j + 1) = d == 0.0 ? 0.0 : f * mat_get(a, j, j + 1) * d;
  }
}

/* out <- exp(a); band: a is quasi upper triangular in the form that dgees leaves. */
static void scale_and_square(work *k, mat a, bool band, mat out) {
  double norm = factor_norm_one(a);
  int first = norm > 0x1p90 ? ilogb(norm) - 90 : 0, s; /* so that no power overflows */
  mat_copy(k->a, a);
  mat_scale(k->a, ldexp(1.0, -first));
  int i = choose(k, &s);
  if (stops(k)) return; /* s may be anything */
  double f = ldexp(1.0, -s);
  mat_scale(k->a, f);
  mat_scale(k->p2, f * f);
  mat_scale(k->p4, pow(f, 4));
  mat_scale(k->p6, pow(f, 6));
  pade(k, pades[i].m, out);
  s += first;
  if (band) exact_band(a, ldexp(1.0, -s), out);
  while (s-- > 0 && !stops(k)) {
    multiply(k, out, out, k->t);
    mat_copy(out, k->t);
    if (band) exact_band(a, ldexp(1.0, -s), out);
  }
}

/* Does a commute with a^T up to round-off? Then squaring its exponential is harmless. */
static bool is_normal(work *k, mat a, double norm) {
  mat_copy(k->a, a);
  mat_scale(k->a, ldexp(1.0, -ilogb(norm)));
  blas_syrk('N', 1.0, k->a, 0.0, k->t);
  blas_syrk('T', -1.0, k->a, 1.0, k->t);
  return mat_max_abs(k->t) < 1e-12;
}

/* q, schur <- the real Schur form of a; false where the iteration fails. */
static bool to_schur(work *k, mat a) {
  mat_copy(k->schur, a);
  return lapack_schur(k->schur, k->x, k->y, k->q, k->lapack, k->lwork) == STATUS_OK;
}

status expm(arena *w, mat a, mat out, const tick *t) {
  work k = {.ask = t};
  layout(w, &k, a.rows);
  if (!w->base) return STATUS_OK;
  if (!mat_finite(a)) return STATUS_NON_FINITE;
  double norm = factor_norm_one(a);
  bool upper = is_upper(a);
  if (norm > 64.0 && !upper && !is_normal(&k, a, norm) && to_schur(&k, a)) {
    scale_and_square(&k, k.schur, true, out);
    multiply(&k, k.q, out, k.t);
    if (!stops(&k)) blas_gemm('N', 'T', 1.0, k.t, k.q, 0.0, out);
  } else {
    scale_and_square(&k, a, upper, out);
  }
  if (k.stopped) return STATUS_PAUSED;
  return mat_finite(out) ? STATUS_OK : STATUS_OVERFLOW;
}
