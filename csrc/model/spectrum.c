/* csrc/model/spectrum.c: starts of a prescribed imbalance spectrum at a given map, one 2 x 2
 * problem per singular pair of Phi1^T Theta0 (see spectrum.h); mathematics.md section 5 [D].
 * SPDX-License-Identifier: MIT */
#include "model/spectrum.h"

#include <math.h>
#include <stdbool.h>

const char *spectrum_reason(spectrum_refusal why) {
  switch (why) {
  case SPECTRUM_OK: return "nothing is wrong";
  case SPECTRUM_NARROW: return "h is too small for the columns that this start needs";
  case SPECTRUM_ROW_SPACE:
    return "the part of theta that the data do not see has rows outside the row space of the "
           "part that they see, where V(0) would be zero: no U can give this theta; "
           "imbalanced can, with c > 0";
  case SPECTRUM_POSITIVE:
    return "U1'U1 - V'V = lam I with lam > 0 needs h <= rank of X: for larger h it would make "
           "U1'U1 = lam I + V'V, a matrix of rank h, from only rank rows";
  case SPECTRUM_NEGATIVE:
    return "U1'U1 - V'V = lam I with lam < 0 needs h <= m: for larger h it would make "
           "V'V = -lam I + U1'U1, a matrix of rank h, from only m rows";
  case SPECTRUM_RANK: return "the rank of theta on the data is larger than h";
  }
  return "";
}

void spectrum_layout(arena *a, spectrum *w, dims d) {
  int r = d.r, m = d.m, k = r + m;
  *w = (spectrum){.r = r, .m = m};
  pairs_layout(a, &w->theta, d);
  w->outside = arena_doubles(a, (size_t)m);
  w->p = arena_doubles(a, (size_t)r);
  w->q = arena_doubles(a, (size_t)m);
  w->L = arena_mat(a, k, k);
  w->G = arena_mat(a, m, k);
}

status spectrum_set(spectrum *w, mat theta1, mat perp) {
  status s = pairs_of(&w->theta, theta1);
  if (s != STATUS_OK) return s;
  double out = 0.0;
  for (int i = 0; i < w->m; i++) {
    double norm = 0.0;
    for (int d = 0; d < perp.rows; d++) {
      double x = 0.0;
      for (int j = 0; j < w->m; j++) x += mat_get(perp, d, j) * mat_get(w->theta.R, j, i);
      norm = hypot(norm, x);
    }
    w->outside[i] = norm;
    out = hypot(out, norm);
  }
  w->norm = hypot(mat_norm_fro(theta1), out);
  return STATUS_OK;
}

/* Appends the column (x P_i; y R_i) to L, and to G what makes C = Theta_perp G; n = (V V^T)_ii in
 * the basis R. A zero column is left out. */
static void append(spectrum *w, int i, double x, double y, double n) {
  int j = w->kp;
  if (x == 0.0 && y == 0.0) return;
  mat up = mat_sub(w->L, 0, j, w->r, 1), down = mat_sub(w->L, w->r, j, w->m, 1);
  mat_fill(mat_cols(w->L, j, 1), 0.0);
  mat_fill(mat_cols(w->G, j, 1), 0.0);
  if (x != 0.0) mat_axpy(x, pairs_p(&w->theta, i), up);
  if (y != 0.0) {
    mat_axpy(y, pairs_r(&w->theta, i), down);
    mat_axpy(y / n, pairs_r(&w->theta, i), mat_cols(w->G, j, 1)); /* C = Theta_perp (L_V^T)^+ */
  }
  w->kp++;
}

/* One pair: U1 U1^T and V V^T get a and b with a - b = p - q, a b = s^2 + p q, so that U1 V^T has s
 * and U1^T U1 - V^T V the eigenvalues p and -q. Returns b. */
static double append_pair(spectrum *w, int i, double p, double q, double s) {
  double root = hypot(p + q, 2.0 * s), a, b;
  if (root == 0.0) return 0.0;
  if (s * (s / root) == 0.0) s = 0.0; /* its square underflows beside p + q */
  if (p >= q) {
    a = 0.5 * ((p - q) + root);
    b = s * (s / a) + p * (q / a);
    append(w, i, sqrt(a), s / sqrt(a), b);
    append(w, i, 0.0, sqrt(p * (q / a)), b);
  } else {
    b = 0.5 * ((q - p) + root);
    a = s * (s / b) + p * (q / b);
    append(w, i, s / sqrt(b), sqrt(b), b);
    append(w, i, sqrt(q * (p / b)), 0.0, b);
  }
  return b;
}

spectrum_refusal spectrum_prescribed(spectrum *w, double h) {
  int q = w->theta.count;
  bool reachable = true;
  w->kp = 0;
  for (int i = 0; i < q || i < w->m; i++) {
    double b = i < q ? append_pair(w, i, w->p[i], w->q[i], w->theta.s[i]) : w->q[i];
    if (i >= q) append(w, i, 0.0, sqrt(b), b);
    /* Theta_perp R_i needs V: 1e-12 is round-off of the projection that made Theta_perp */
    if (b == 0.0 && w->outside[i] > 1e-12 * w->norm) reachable = false;
  }
  for (int i = q; i < w->r; i++) append(w, i, sqrt(w->p[i]), 0.0, 0.0);
  if (h < w->kp) return SPECTRUM_NARROW;
  return reachable ? SPECTRUM_OK : SPECTRUM_ROW_SPACE;
}

spectrum_refusal spectrum_homogeneous(spectrum *w, double h, double lam) {
  int rank = 0;
  while (rank < w->theta.count && w->theta.s[rank] > 0.0) rank++;
  w->kp = rank;
  if (lam > 0.0 && h > w->r) return SPECTRUM_POSITIVE;
  if (lam < 0.0 && h > w->m) return SPECTRUM_NEGATIVE;
  if (h < rank) return SPECTRUM_RANK;
  for (int i = 0; i < w->r; i++) w->p[i] = lam > 0.0 && i < h ? lam : 0.0;
  for (int i = 0; i < w->m; i++) w->q[i] = lam < 0.0 && i < h ? -lam : 0.0;
  return spectrum_prescribed(w, h);
}

status spectrum_leading(spectrum *w, double h, const double *sigma, mat target, double scale) {
  mat force = mat_sub(w->L, 0, 0, w->r, w->m);
  mat_copy(force, target);
  mat_scale_rows(force, sigma);
  status s = pairs_of(&w->theta, force);
  if (s != STATUS_OK) return s;
  w->kp = 0;
  for (int i = 0; i < w->theta.count && i < h; i++)
    append(w, i, scale, scale, INFINITY); /* C = 0 */
  return STATUS_OK;
}
