/* csrc/model/hessian.h: the Hessian of the loss over all (D + m) h weights, at any width:
 * mathematics.md section 3.5. Its spectrum is that of an operator of order at most 3 r m + min(r,
 * m)^2, which is applied and never formed, with s_i(A), -s_i(A) and zeros beside it.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_MODEL_HESSIAN_H
#define LINNET_MODEL_HESSIAN_H

#include "model/field.h"
#include "num/lanczos.h"

/* The operator at one state, in coordinates (B, C, F). Of the two layers the one with fewer rows is
 * "few", W, the other "many", Q: columns of both are turned so that W = [W1 0]. A perturbation is C
 * of W; of Q it is B over the columns of W1, and F, seen through A alone, over the others. */
typedef struct hessian {
  const field *f;
  bool swapped;      /* m > r: U has fewer rows than V */
  int few, many, kp; /* min(r, m), max(r, m), columns of L */
  int seen, blind;   /* columns of W1: min(few, kp), and the others */
  int order;         /* many seen + few kp + few blind */
  mat W, W1, Q;      /* few x kp, its first columns, many x kp */
  mat A;             /* many x few: A or its transpose */
  mat root;          /* few x few: diag(s) R^T of the SVD of A */
  double *s;         /* few: the singular values of A, decreasing */
  double *v, *t;     /* kp, many: scratch of the turning */
  mat G, spare;      /* many x few */
  mat u;             /* many x few */
  mat r1;            /* r x m */
  mat F;             /* n x m: outputs, of another loss than the squared one */
  /* Of columns (shift w; 0) beside Z, w orthonormal and off E1: what they add; E1.p NULL: none. */
  double shift;
  mat E1, part; /* many x few, few x few: scratch */
  lapack_work lapack;
} hessian;

void hessian_layout(arena *a, hessian *w, dims d);
/* For hessian_beside: two more blocks of many x few, N_C = w C^T and N_F = w F^T of those columns.
 */
void hessian_beside_layout(arena *a, hessian *w);
/* At Z (k x kp); f stays in use. */
status hessian_at(hessian *w, const field *f, mat Z);
/* Then: beside Z stand columns of shift (w; 0), the w an orthonormal basis of what E1 (m
 * orthonormal columns, as they are) leaves. Never swapped. O(r m^2) a product; the parts of vectors
 * off the w are further zeros of the spectrum. */
void hessian_beside(hessian *w, double shift, mat E1);
/* y <- H x, w->order numbers each; w is the argument of the operator. */
void hessian_apply(void *w, const double *x, double *y);
static inline lanczos_operator hessian_operator(hessian *w) {
  return (lanczos_operator){hessian_apply, w};
}
/* The sum of all eigenvalues: tr K of the squared loss. */
double hessian_trace(const field *f, mat Z);
/* All eigenvalues of the operator, ascending, into values: dense is order x order. */
status hessian_spectrum(hessian *w, lapack_work *lapack, mat dense, double *values, const tick *t);

#endif
