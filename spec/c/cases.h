/* spec/c/cases.h: the systems the specs of field, erk, expo, flow and descent run on: the reference
 * cases, reduced here by LAPACK, and the race systems, which are stated in reduced form.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_SPEC_CASES_H
#define LINNET_SPEC_CASES_H

#include "check.h"
#include "flow/erk.h"
#include "flow/method.h"
#include "model/field.h"
#include "num/blas.h"
#include "num/lapack.h"
#include "num/random.h"

typedef struct spec_case {
  const char *name;
  char *text;
  int n, D, m, h, r;
  field f;
  mat W, Pt, X, Y; /* n x r, r x D, n x D, n x m */
  mat Z0;          /* k x h */
} spec_case;

static const char *const case_names[] = {"wide", "narrow", "rank_deficient", "tall",
                                         "scalar_output"};
enum { CASES = 5 };

/* [Phi1^T U; V] of the weights behind text. */
static inline mat case_reduced(const spec_case *c, const char *text, const char *u, const char *v) {
  mat U = check_matrix(text, u, c->D, c->h), V = check_matrix(text, v, c->m, c->h);
  mat Z = check_mat(c->r + c->m, c->h);
  blas_gemm('N', 'N', 1.0, c->Pt, U, 0.0, mat_rows(Z, 0, c->r));
  mat_copy(mat_rows(Z, c->r, c->m), V);
  return Z;
}

static inline spec_case case_load(const char *name) {
  spec_case c = {.name = name};
  char file[64];
  snprintf(file, sizeof file, "%s.json", name);
  c.text = check_file(file);
  c.n = (int)check_number(c.text, "n");
  c.D = (int)check_number(c.text, "D");
  c.m = (int)check_number(c.text, "m");
  c.h = (int)check_number(c.text, "h");
  c.r = (int)check_number(c.text, "rank");
  int q = c.n < c.D ? c.n : c.D;
  mat work = check_mat(c.n, c.D), spare = check_mat(c.n, c.D), u = check_mat(c.n, q);
  mat s = check_mat(q, 1), vt = check_mat(q, c.D), Yt = check_mat(c.r, c.m);
  lapack_work lapack = {0};
  lapack_want_svd(&lapack, c.n, c.D);
  CHECK_LAYOUT(a, lapack_layout(a, &lapack));
  c.X = check_matrix(c.text, "X", c.n, c.D);
  c.Y = check_matrix(c.text, "Y", c.n, c.m);
  mat_copy(work, c.X);
  check(lapack_svd(&lapack, work, spare, u, s.p, vt) == STATUS_OK, "the SVD of %s converges", name);
  c.W = mat_cols(u, 0, c.r);
  c.Pt = mat_rows(vt, 0, c.r);
  blas_gemm('T', 'N', 1.0, c.W, c.Y, 0.0, Yt);
  c.f = (field){.r = c.r, .m = c.m, .sigma = s.p, .Yt = Yt};
  c.Z0 = case_reduced(&c, c.text, "U0", "V0");
  return c;
}

/* The text of entry i of "flow". */
static inline const char *case_entry(const spec_case *c, int i, double *t) {
  const char *at = check_key(c->text, "flow");
  for (int n = 0; n <= i; n++) at = check_key(at, "t");
  *t = strtod(at, NULL);
  return at;
}

typedef struct race_case {
  field f;
  mat Z0, Zt;
  double t;
} race_case;

static inline race_case race_load(const char *file) {
  char *text = check_file(file);
  int r = (int)check_number(text, "r"), m = (int)check_number(text, "m");
  mat sigma = check_matrix(text, "sigma", r, 1), Yt = check_matrix(text, "Yt", r, m);
  return (race_case){{.r = r, .m = m, .sigma = sigma.p, .Yt = Yt},
                     check_matrix(text, "Z0", r + m, r + m),
                     check_matrix(text, "Zt", r + m, r + m),
                     check_number(text, "t")};
}

/* A system of one's own: sigma from 1 down to 1/kappa, the rest normal. */
static inline field case_random(int r, int m, double kappa, double target, uint64_t seed) {
  mat sigma = check_mat(r, 1), Yt = check_mat(r, m);
  philox g = philox_make(seed, STREAM_X);
  for (int i = 0; i < r; i++) sigma.p[i] = pow(kappa, r > 1 ? -(double)i / (r - 1) : 0.0);
  random_fill_normal(&g, Yt, target);
  return (field){.r = r, .m = m, .sigma = sigma.p, .Yt = Yt};
}

static inline mat case_weights(int k, int kp, double sd, uint64_t seed) {
  mat Z = check_mat(k, kp);
  philox g = philox_make(seed, STREAM_WEIGHTS);
  random_fill_normal(&g, Z, sd);
  return Z;
}

/* max|Z^T J Z - Z0^T J Z0| / max|Z^T Z| */
static inline double case_drift(const field *f, mat Z, mat Z0) {
  mat a = check_mat(Z.cols, Z.cols), b = check_mat(Z.cols, Z.cols), c = check_mat(Z.cols, Z.cols);
  blas_syrk('T', 1.0, field_U(f, Z), 0.0, a);
  blas_syrk('T', 1.0, field_U(f, Z0), 0.0, b);
  blas_syrk('T', 1.0, Z, 0.0, c);
  blas_syrk('T', -1.0, field_V(f, Z), 1.0, a);
  blas_syrk('T', -1.0, field_V(f, Z0), 1.0, b);
  double drift = check_distance(a, b) / mat_max_abs(c);
  return drift;
}

/* max over the blocks U and V of max|a - b| / max|b| */
static inline double case_error(const field *f, mat a, mat b) {
  double u = check_distance(field_U(f, a), field_U(f, b)) / mat_max_abs(field_U(f, b));
  double v = check_distance(field_V(f, a), field_V(f, b)) / mat_max_abs(field_V(f, b));
  return fmax(u, v);
}

/* The flow from Z0 to t by that many steps of dop853. */
static inline void case_reference(const field *f, mat Z0, double t, int steps, mat out) {
  erk w = {0};
  mat Z = check_mat(Z0.rows, Z0.cols);
  CHECK_LAYOUT(a, erk_layout(a, &w, dims_of(f->r, f->m, Z0.cols), TABLEAU_STAGES));
  erk_use(&w, method_dop853.tableau, false);
  mat_copy(Z, Z0);
  for (int i = 0; i < steps; i++) {
    erk_step(&w, f, Z, t / steps, out, NULL, NULL);
    erk_accept(&w);
    mat_copy(Z, out);
  }
}

#endif
