/* csrc/num/bidiagonal.c: A = Q B P^T by panels of columns and rows (see bidiagonal.h). Within a
 * panel the matrix that is meant is A - L R^T: its columns are L = (v_1, x_1, v_2, x_2, ...) and
 * R = (y_1, u_1, y_2, u_2, ...), where I - tau v v^T and I - tau u u^T are the reflectors,
 * y = tau (A - L R^T)^T v and x = tau (A - L R^T) u. Both products with A are made in one pass over
 * it: a stripe of columns that stands in the cache gives its part of y, by that its part of the
 * next row, and its share of A times that row, of which u is a multiple but for one entry (Howell,
 * Demmel, Fulton, Hammarling, Marmol, "Cache efficient bidiagonalization using BLAS 2.5 operators",
 * 2008). Stripes are shared out in fixed tasks and their sums taken in a fixed order.
 * SPDX-License-Identifier: MIT */
#include "num/bidiagonal.h"

#include <math.h>

#include "num/blas.h"
#include "num/lapack.h"

enum {
  PANEL = 32,     /* columns that are reduced before the rest of A sees them */
  PARTS = 32,     /* tasks of a pass, at most */
  STRIPE = 48000, /* entries of A that stay in a second-level cache between two products */
  BLOCK = 256,    /* columns of A, of u, rows of vt in a task of matrix products */
  TURN = 64,      /* reflectors that are applied to u and vt at a time */
};

/* Of the norm of a row that is reflected: below it A times the row has lost digits to underflow. */
static const double TINY = 1e-280;
/* Entries within SMALLEST and LARGEST are left alone; products of others leave the doubles. */
static const double SMALLEST = 1e-130, LARGEST = 1e130;

static int blocks(int n, int size) { return (n + size - 1) / size; }

void bidiagonal_layout(arena *a, bidiagonal_work *w, int q, int hands) {
  w->hands = least(hands, CREW_MOST);
  w->L = arena_mat(a, q, 2 * PANEL);
  w->R = arena_mat(a, q, 2 * PANEL);
  w->parts = arena_mat(a, q, PARTS);
  w->ones = arena_mat(a, PARTS, 1);
  w->small = arena_mat(a, 2 * PANEL, 1);
  w->d = arena_doubles(a, (size_t)q);
  w->e = arena_doubles(a, (size_t)q);
  w->tau_q = arena_doubles(a, (size_t)q);
  w->tau_p = arena_doubles(a, (size_t)q);
  w->T_q = arena_mat(a, TURN, q);
  w->T_p = arena_mat(a, TURN, q);
  w->shelves = arena_mat_raw(a, BLOCK * TURN, w->hands);
  w->work = arena_doubles_raw(a, 3 * (size_t)q * (size_t)q + 4 * (size_t)q);
  w->iwork = arena_ints(a, 8 * (size_t)q);
}

/* To B ------------------------------------------------------------------------------------------*/

/* What tasks share. */
typedef struct job {
  bidiagonal_work *w;
  mat a;
  int i;     /* the column that is reduced, or the first of a panel */
  int known; /* columns of L and R before it */
  int width; /* columns of a task */
  mat u, vt;
} job;

/* y, the row and A times it, of the columns of one task. */
static status pass(void *arg, int part, int hand) {
  const job *t = arg;
  bidiagonal_work *w = t->w;
  int n = t->a.rows, i = t->i, rows = n - i, known = t->known, begin = i + 1 + part * t->width;
  int end = least(begin + t->width, n), stripe = least(64, STRIPE / rows & ~3);
  if (stripe < 4) stripe = 4;
  mat v = mat_sub(w->L, i, known, rows, 1), sum = mat_sub(w->parts, i + 1, part, rows - 1, 1);
  (void)hand;
  for (int j = begin; j < end; j += stripe) {
    int count = least(stripe, end - j);
    mat A = mat_sub(t->a, i, j, rows, count), R = mat_sub(w->R, j, 0, count, known + 1);
    mat y = mat_cols(R, known, 1), row = mat_sub(w->R, j, known + 1, count, 1);
    blas_gemm('T', 'N', 1.0, A, v, 0.0, y);
    blas_gemm('N', 'N', -1.0, mat_cols(R, 0, known), mat_rows(w->small, 0, known), 1.0, y);
    mat_scale(y, w->tau_q[i]);
    mat_transpose(row, mat_rows(A, 0, 1));
    blas_gemm('N', 'T', -1.0, R, mat_sub(w->L, i, 0, 1, known + 1), 1.0, row);
    blas_gemm('N', 'N', 1.0, mat_rows(A, 1, rows - 1), row, j > begin, sum);
  }
  return STATUS_OK;
}

/* u of the row, and x. The row is (alpha, ..), u = (row - beta e_1)/(alpha - beta), where alpha and
 * -beta have one sign: nothing cancels in A u from A row. */
static void reduce_row(const job *t, int tasks) {
  bidiagonal_work *w = t->w;
  int i = t->i, rest = t->a.rows - i - 1, known = t->known + 1;
  mat A = mat_sub(t->a, i + 1, i + 1, rest, rest), u = mat_sub(w->R, i + 1, known, rest, 1);
  mat x = mat_sub(w->L, i + 1, known, rest, 1), sums = mat_rows(w->small, 0, known);
  double alpha = u.p[0], tau = lapack_reflect(u), beta = u.p[0], divisor = alpha - beta;
  w->e[i] = beta;
  w->tau_p[i] = tau;
  u.p[0] = 1.0;
  if (fabs(divisor) > TINY) {
    blas_gemm('N', 'N', 1.0 / divisor, mat_sub(w->parts, i + 1, 0, rest, tasks),
              mat_rows(w->ones, 0, tasks), 0.0, x);
    blas_axpy(-beta / divisor, mat_cols(A, 0, 1), x);
  } else {
    blas_gemm('N', 'N', 1.0, A, u, 0.0, x);
  }
  blas_gemm('T', 'N', 1.0, mat_sub(w->R, i + 1, 0, rest, known), u, 0.0, sums);
  blas_gemm('N', 'N', -1.0, mat_sub(w->L, i + 1, 0, rest, known), sums, 1.0, x);
  mat_scale(x, tau);
}

/* Column i and row i of A - L R^T, and what they add to L and R. */
static status reduce(job *t, const tick *ask) {
  bidiagonal_work *w = t->w;
  int n = t->a.rows, i = t->i, known = t->known, rest = n - i - 1;
  mat column = mat_sub(t->a, i, i, n - i, 1), L = mat_sub(w->L, i, 0, n - i, known);
  mat v = mat_sub(w->L, i, known, n - i, 1);
  blas_gemm('N', 'T', -1.0, L, mat_sub(w->R, i, 0, 1, known), 1.0, column);
  w->tau_q[i] = lapack_reflect(column);
  w->d[i] = column.p[0];
  if (!rest) return STATUS_OK;
  mat_copy(v, column);
  v.p[0] = 1.0;
  blas_gemm('T', 'N', 1.0, L, v, 0.0, mat_rows(w->small, 0, known));
  t->width = (blocks(rest, PARTS) + 15) & ~15;
  int tasks = blocks(rest, t->width);
  status s = crew_call(w->crew, tasks, ask, pass, t);
  if (s == STATUS_OK) reduce_row(t, tasks);
  return s;
}

/* A <- A - L R^T behind the panel, a block of columns of it. */
static status follow(void *arg, int block, int hand) {
  const job *t = arg;
  int first = t->i + t->known / 2, j = first + block * BLOCK, n = t->a.rows;
  int count = least(BLOCK, n - j), rows = n - first;
  (void)hand;
  blas_gemm('N', 'T', -1.0, mat_sub(t->w->L, first, 0, rows, t->known),
            mat_sub(t->w->R, j, 0, count, t->known), 1.0, mat_sub(t->a, first, j, rows, count));
  return STATUS_OK;
}

/* The rows u of a panel of `count` from row k go where LAPACK has them. */
static void keep_rows(bidiagonal_work *w, mat a, int k, int count) {
  for (int j = k + 1; j < a.cols; j++)
    for (int c = 0; c < count && k + c < j; c++) *mat_at(a, k + c, j) = mat_get(w->R, j, 2 * c + 1);
}

static status to_bidiagonal(bidiagonal_work *w, mat a, const tick *ask) {
  int n = a.rows;
  status s = STATUS_OK;
  job t = {.w = w, .a = a};
  mat_fill(w->ones, 1.0);
  for (int k = 0; k < n && s == STATUS_OK; k += PANEL) {
    int count = least(PANEL, n - k), behind = n - k - count;
    for (int c = 0; c < count && s == STATUS_OK; c++) {
      t.i = k + c;
      t.known = 2 * c;
      s = reduce(&t, ask);
    }
    if (s != STATUS_OK) return s;
    keep_rows(w, a, k, count);
    t.i = k;
    t.known = 2 * count;
    s = crew_call(w->crew, blocks(behind, BLOCK), ask, follow, &t);
  }
  return s;
}

/* Back ------------------------------------------------------------------------------------------*/

/* How many there are in block b. */
static int reflectors(int all, int b) { return least(TURN, all - b * TURN); }

/* The reflectors of block b of Q, or of P, where they stand, and their triangle. */
static mat vectors(const job *t, int b, int of_p) {
  int k = b * TURN, rows = t->a.rows - k, count = reflectors(t->a.rows - of_p, b);
  return of_p ? mat_sub(t->a, k, k + 1, count, rows - 1) : mat_sub(t->a, k, k, rows, count);
}
static mat triangle(const job *t, int b, int of_p) {
  return mat_sub(of_p ? t->w->T_p : t->w->T_q, 0, b * TURN, TURN, reflectors(t->a.rows - of_p, b));
}

/* The triangle of block i / 2 of Q (even) or P (odd). */
static status fill(void *arg, int i, int hand) {
  const job *t = arg;
  int of_p = i % 2;
  mat T = triangle(t, i / 2, of_p);
  (void)hand;
  if (T.cols)
    lapack_block(of_p ? 'R' : 'C', vectors(t, i / 2, of_p),
                 (of_p ? t->w->tau_p : t->w->tau_q) + i / 2 * TURN, T);
  return STATUS_OK;
}

/* Block t->i of Q on columns of u, or of P on rows of vt. */
static status turn(void *arg, int i, int hand) {
  const job *t = arg;
  int n = t->a.rows, k = t->i * TURN, j = i / 2 * BLOCK, size = least(BLOCK, n - j), of_p = i % 2;
  mat T = triangle(t, t->i, of_p);
  mat c = of_p ? mat_sub(t->vt, j, k + 1, size, n - k - 1) : mat_sub(t->u, k, j, n - k, size);
  if (T.cols)
    lapack_turn(of_p ? 'R' : 'C', vectors(t, t->i, of_p), T, c, mat_col(t->w->shelves, hand));
  return STATUS_OK;
}

/* u <- Q u, vt <- vt P^T */
static status turn_back(bidiagonal_work *w, mat a, mat u, mat vt, const tick *ask) {
  int n = a.rows, last = blocks(n, TURN);
  job t = {.w = w, .a = a, .u = u, .vt = vt};
  status s = crew_call(w->crew, 2 * last, ask, fill, &t);
  for (t.i = last - 1; t.i >= 0 && s == STATUS_OK; t.i--)
    s = crew_call(w->crew, 2 * blocks(n, BLOCK), ask, turn, &t);
  return s;
}

/* The whole -------------------------------------------------------------------------------------*/

/* B = u diag(s) vt; where divide and conquer does not converge, by the QR iteration. */
static status of_bidiagonal(bidiagonal_work *w, int n, mat u, double *s, mat vt) {
  double *e = w->L.p; /* a copy: what does not converge has destroyed its own */
  mat_copy(mat_of(s, n, 1), mat_of(w->d, n, 1));
  mat_copy(mat_of(e, n - 1, 1), mat_of(w->e, n - 1, 1));
  status out = lapack_bidiagonal(s, e, u, vt, w->work, w->iwork);
  if (out != STATUS_NO_CONVERGE) return out;
  mat_copy(mat_of(s, n, 1), mat_of(w->d, n, 1));
  return lapack_bidiagonal_qr(s, w->e, u, vt, w->work);
}

status bidiagonal_svd(bidiagonal_work *w, mat a, mat u, double *s, mat vt, const tick *ask) {
  int n = a.rows, power = 0;
  if (!mat_finite(a)) return STATUS_NON_FINITE;
  double most = mat_max_abs(a);
  if (most > 0.0 && (most < SMALLEST || most > LARGEST)) {
    frexp(most, &power);
    if (power < -1000) power = -1000; /* 2^-power is a double */
    mat_scale(a, ldexp(1.0, -power));
  }
  crew here;
  w->crew = &here;
  crew_open(&here, w->hands);
  status out = to_bidiagonal(w, a, ask);
  if (out == STATUS_OK) out = of_bidiagonal(w, n, u, s, vt);
  if (out == STATUS_OK) out = turn_back(w, a, u, vt, ask);
  crew_close(&here);
  for (int i = 0; i < n && power; i++) s[i] = ldexp(s[i], power);
  return out;
}
