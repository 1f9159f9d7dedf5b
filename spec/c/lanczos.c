/* spec/c/lanczos.c: eigenvalues by products alone against spectra that are known: equal ones, close
 * ones, of operators of any order; the same bits again; interrupts.
 * SPDX-License-Identifier: MIT */
#include "num/lanczos.h"

#include "num/blas.h"

#include "check.h"

/* H diag(d) H, H = I - 2 v v^T. */
typedef struct known {
  mat d, v;
  int products;
} known;

static void reflect(const known *a, mat x) { mat_axpy(-2.0 * mat_dot(a->v, x), a->v, x); }

static void known_apply(void *arg, const double *x, double *y) {
  known *a = arg;
  mat out = mat_of(y, a->d.rows, 1);
  for (int i = 0; i < out.rows; i++) y[i] = x[i];
  reflect(a, out);
  mat_scale_rows(out, a->d.p);
  reflect(a, out);
  a->products++;
}

static known known_make(int n) {
  philox g = philox_make(3, (uint64_t)n);
  known a = {check_mat(n, 1), check_mat(n, 1), 0};
  random_fill_normal(&g, a.v, 1.0);
  mat_scale(a.v, 1.0 / mat_norm_fro(a.v));
  return a;
}

static int descending(const void *x, const void *y) {
  double a = *(const double *)x, b = *(const double *)y;
  return (a < b) - (a > b);
}

static int never(void *arg) { return *(int *)arg && --*(int *)arg == 0; }

/* The count largest of d, each as often as it stands. */
static void known_case(known *a, int count, const char *what) {
  int n = a->d.rows;
  lanczos w;
  mat found = check_mat(count, 1), again = check_mat(count, 1), sorted = check_mat(n, 1);
  CHECK_LAYOUT(room, lanczos_layout(room, &w, n, count));
  mat_copy(sorted, a->d);
  qsort(sorted.p, (size_t)n, sizeof(double), descending);
  double scale = mat_max_abs(a->d);
  check(lanczos_largest(&w, (lanczos_operator){known_apply, a}, count, found.p, NULL) == STATUS_OK,
        "%s of order %d: found", what, n);
  check(check_distance(found, mat_rows(sorted, 0, count)) <= 1e-11 * scale,
        "%s of order %d, %d of them: off by %g", what, n, count,
        check_distance(found, mat_rows(sorted, 0, count)) / scale);
  lanczos_largest(&w, (lanczos_operator){known_apply, a}, count, again.p, NULL);
  check(check_distance(found, again) == 0.0, "%s: the same bits again", what);
  int left = 5;
  tick soon = {never, &left};
  if (n > 5)
    check(lanczos_largest(&w, (lanczos_operator){known_apply, a}, count, again.p, &soon) ==
              STATUS_PAUSED,
          "%s: stops when it is asked to", what);
}

int main(void) {
  static const int orders[] = {1, 2, 7, 31, 32, 33, 200, 1500};
  for (size_t k = 0; k < sizeof orders / sizeof *orders; k++) {
    int n = orders[k];
    known a = known_make(n);
    for (int count = 1; count <= 10 && count <= n; count += 3) {
      for (int i = 0; i < n; i++) a.d.p[i] = 1.0 / (1.0 + i) - 0.5;
      known_case(&a, count, "a spectrum of gaps");
      for (int i = 0; i < n; i++) a.d.p[i] = 5.0 - i / 4;
      known_case(&a, count, "four of each");
      for (int i = 0; i < n; i++) a.d.p[i] = i < 6 ? 3.0 : i < 9 ? 2.0 : -1e-3 * (i % 3);
      known_case(&a, count, "few values, each many times");
      for (int i = 0; i < n; i++) a.d.p[i] = 1e150 * (i + 1 == n ? 1.0 + 1e-5 : cos(i));
      known_case(&a, count, "close ones at 1e150");
      mat_fill(a.d, 0.0);
      known_case(&a, count, "zero");
      mat_fill(a.d, -2.0);
      known_case(&a, count, "all the same");
    }
  }
  known bad = known_make(40);
  bad.d.p[3] = NAN;
  lanczos w;
  double top;
  CHECK_LAYOUT(room, lanczos_layout(room, &w, 40, 1));
  check(lanczos_largest(&w, (lanczos_operator){known_apply, &bad}, 1, &top, NULL) ==
            STATUS_NON_FINITE,
        "nan is said");
  return check_done("lanczos");
}
