/* csrc/model/hessian.c: the Hessian's operator (see hessian.h): with G = diag(sigma)^2 (dU V^T + U
 * dV^T) it takes (dU, dV) to (G V - A dV, G^T U - A^T dU).
 * SPDX-License-Identifier: MIT */
#include "model/hessian.h"

#include <math.h>

#include "num/blas.h"

static int most(int a, int b) { return a > b ? a : b; }

void hessian_layout(arena *a, hessian *w, dims d) {
  int few = least(d.r, d.m), many = most(d.r, d.m), kp = d.kp, seen = least(few, kp);
  *w = (hessian){.few = few, .many = many, .kp = kp, .seen = seen, .blind = kp - seen};
  w->swapped = d.m > d.r;
  w->order = arena_product(a, many, seen) + arena_product(a, few, kp + w->blind);
  w->W = arena_mat(a, few, kp);
  w->W1 = mat_cols(w->W, 0, seen);
  w->Q = arena_mat(a, many, kp);
  w->A = arena_mat(a, many, few);
  w->root = arena_mat(a, few, few);
  w->s = arena_doubles(a, (size_t)few);
  w->v = arena_doubles(a, (size_t)kp);
  w->t = arena_doubles(a, (size_t)many);
  w->G = arena_mat(a, many, few);
  w->spare = arena_mat(a, many, few);
  w->u = arena_mat(a, many, few);
  w->r1 = arena_mat(a, d.r, d.m);
  w->F = arena_mat(a, d.n, d.m);
  lapack_want_svd(&w->lapack, many, few);
  lapack_layout(a, &w->lapack);
}

void hessian_beside_layout(arena *a, hessian *w) {
  w->order += 2 * w->many * w->few;
  w->E1 = arena_mat(a, w->many, w->few);
  w->part = arena_mat(a, w->few, w->few);
}

void hessian_beside(hessian *w, double shift, mat E1) {
  w->shift = shift;
  mat_copy(w->E1, E1);
}

/* a <- a (I - 2 v v^T); t has a.rows doubles. */
static void reflect(mat a, mat v, double *t) {
  mat av = mat_of(t, a.rows, 1);
  blas_gemm('N', 'N', 1.0, a, v, 0.0, av);
  blas_gemm('N', 'T', -2.0, av, v, 1.0, a);
}

/* Columns of W and Q turned by one reflection for each row of W, so that W = [W1 0]. Reflectors
 * have norm 1: squares of huge weights would overflow. */
static void turned(hessian *w, mat W, mat Q) {
  mat_copy(w->W, W);
  mat_copy(w->Q, Q);
  for (int j = 0; j < w->seen && w->blind > 0; j++) {
    int count = w->kp - j;
    mat v = mat_of(w->v, count, 1), row = mat_sub(w->W, j, j, 1, count);
    double size = mat_norm_fro(row);
    if (!(size > 0.0)) continue;
    for (int i = 0; i < count; i++) v.p[i] = mat_get(row, 0, i) / size;
    v.p[0] += v.p[0] < 0.0 ? -1.0 : 1.0;
    mat_scale(v, 1.0 / mat_norm_fro(v));
    reflect(mat_cols(w->W, j, count), v, w->t);
    reflect(mat_cols(w->Q, j, count), v, w->t);
  }
}

status hessian_at(hessian *w, const field *f, mat Z) {
  mat U = field_U(f, Z), V = field_V(f, Z);
  w->f = f;
  if (f->loss) field_outputs(f, Z, w->F);
  field_error(f, Z, w->r1);
  field_force(f, w->r1, w->r1);
  if (w->swapped) mat_transpose(w->A, w->r1);
  else mat_copy(w->A, w->r1);
  mat_copy(w->G, w->A);
  status s = lapack_svd(&w->lapack, w->G, w->spare, w->u, w->s, w->root);
  if (s != STATUS_OK) return s;
  mat_scale_rows(w->root, w->s);
  turned(w, w->swapped ? U : V, w->swapped ? V : U);
  return STATUS_OK;
}

/* G <- diag(sigma) W^T l'' W diag(sigma) G, in the coordinates of U and V. */
static void weigh_samples(const hessian *w, mat G) {
  mat X = w->r1;
  if (w->swapped) mat_transpose(X, G);
  else mat_copy(X, G);
  mat_scale_rows(X, w->f->sigma);
  field_bend(w->f, w->F, X);
  mat_scale_rows(X, w->f->sigma);
  if (w->swapped) mat_transpose(G, X);
  else mat_copy(G, X);
}

/* G <- diag(sigma)^2 G, sigma being on the side of U's rows: one at a time, as the square of a huge
 * sigma may not be a number when the product is. */
static void weigh(const hessian *w, mat G) {
  if (w->f->loss) {
    weigh_samples(w, G);
    return;
  }
  for (int twice = 0; twice < 2; twice++) {
    if (w->swapped) mat_scale_cols(G, w->f->sigma);
    else mat_scale_rows(G, w->f->sigma);
  }
}

/* to = N - E1 E1^T N */
static void off(const hessian *w, mat N, mat to) {
  if (to.p != N.p) mat_copy(to, N);
  blas_gemm('T', 'N', 1.0, w->E1, N, 0.0, w->part);
  blas_gemm('N', 'N', -1.0, w->E1, w->part, 1.0, to);
}

/* The two blocks of x at `from`, off E1, and what they add to G. */
static void beside_in(const hessian *w, const double *x, double *y, int from) {
  int count = w->many * w->few;
  mat NC = mat_of((double *)x + from, w->many, w->few);
  mat NF = mat_of((double *)x + from + count, w->many, w->few);
  off(w, NC, w->spare);
  off(w, NF, mat_of(y + from + count, w->many, w->few));
  mat_axpy(w->shift, w->spare, w->G);
}

/* N_C -> shift G off E1 - N_F root, N_F -> -N_C root^T. */
static void beside_out(const hessian *w, double *y, int from) {
  int count = w->many * w->few;
  mat HC = mat_of(y + from, w->many, w->few), HF = mat_of(y + from + count, w->many, w->few);
  off(w, w->G, HC);
  blas_gemm('N', 'N', -1.0, HF, w->root, w->shift, HC);
  blas_gemm('N', 'T', -1.0, w->spare, w->root, 0.0, HF);
}

void hessian_apply(void *arg, const double *x, double *y) {
  hessian *w = arg;
  int many = w->many, few = w->few, seen = w->seen, blind = w->blind;
  int nB = many * seen, nC = few * w->kp;
  mat B = mat_of((double *)x, many, seen), C = mat_of((double *)x + nB, few, w->kp);
  mat F = mat_of((double *)x + nB + nC, few, blind);
  mat HB = mat_of(y, many, seen), HC = mat_of(y + nB, few, w->kp);
  mat HF = mat_of(y + nB + nC, few, blind);
  mat C1 = mat_cols(C, 0, seen), C2 = mat_cols(C, seen, blind);
  blas_gemm('N', 'T', 1.0, B, w->W1, 0.0, w->G);
  blas_gemm('N', 'T', 1.0, w->Q, C, 1.0, w->G);
  int beside = nB + nC + few * blind;
  if (w->E1.p) beside_in(w, x, y, beside);
  weigh(w, w->G);
  if (w->E1.p) beside_out(w, y, beside);
  blas_gemm('N', 'N', 1.0, w->G, w->W1, 0.0, HB);
  blas_gemm('N', 'N', -1.0, w->A, C1, 1.0, HB);
  blas_gemm('T', 'N', 1.0, w->G, w->Q, 0.0, HC);
  blas_gemm('T', 'N', -1.0, w->A, B, 1.0, mat_cols(HC, 0, seen));
  blas_gemm('T', 'N', -1.0, w->root, F, 1.0, mat_cols(HC, seen, blind));
  blas_gemm('N', 'N', -1.0, w->root, C2, 0.0, HF);
}

/* The sum over samples and outputs j, l of l''_jl ((V V^T)_jl ||S w||^2 + (j = l) ||U^T S w||^2),
 * w a row of W and S = diag(sigma). */
static double trace_of_samples(const field *f, mat Z) {
  mat U = field_U(f, Z), V = field_V(f, Z), F = f->room.F, H = f->room.R;
  double trace = 0.0;
  field_outputs(f, Z, F);
  for (int j = 0; j < f->m; j++) {
    loss_bend(f->loss, f->delta, F, f->Y, j, H);
    for (int s = 0; s < H.rows; s++) {
      double size = 0.0, seen = 0.0;
      for (int i = 0; i < f->r; i++) size = hypot(size, f->sigma[i] * mat_get(f->W, s, i));
      for (int c = 0; c < U.cols; c++) {
        double x = 0.0, y = 0.0;
        for (int i = 0; i < f->r; i++) x += f->sigma[i] * mat_get(f->W, s, i) * mat_get(U, i, c);
        for (int l = 0; l < f->m; l++) y += mat_get(H, s, l) * mat_get(V, l, c);
        seen += mat_get(H, s, j) * x * x + size * size * y * mat_get(V, j, c);
      }
      trace += seen;
    }
  }
  return trace;
}

double hessian_trace(const field *f, mat Z) {
  if (f->loss) return trace_of_samples(f, Z);
  double trace = 0.0, v = mat_norm_fro(field_V(f, Z)), root_m = sqrt((double)f->m);
  for (int i = 0; i < f->r; i++) {
    double a = f->sigma[i] * v;
    double b = f->sigma[i] * root_m * mat_norm_fro(mat_rows(field_U(f, Z), i, 1));
    trace += a * a + b * b;
  }
  return trace;
}

status hessian_spectrum(hessian *w, lapack_work *lapack, mat dense, double *values, const tick *t) {
  int n = w->order;
  for (int j = 0; j < n; j++) values[j] = 0.0;
  for (int j = 0; j < n; j++) {
    if (tick_asks(t)) return STATUS_PAUSED;
    values[j] = 1.0;
    hessian_apply(w, values, mat_col(dense, j));
    values[j] = 0.0;
  }
  return n > 0 ? lapack_eigvalsh(lapack, dense, values) : STATUS_OK;
}
