/* csrc/bind/theory.c: core.theory.*, the formulas of csrc/theory/{rates,bounds,law}.h, of matrices
 * and numbers and of states. lua/linnet/theory.lua and the modules below it check arguments before
 * they come here. SPDX-License-Identifier: MIT */
#include <math.h>

#include "bind/net.h"
#include "bind/object.h"
#include "theory/bounds.h"
#include "theory/law.h"
#include "theory/rates.h"

/* ---- rates */

/* Pushes the scratch block. */
static void rates_place(lua_State *L, rates_work *w, int r, int m) {
  for (placing at = bind_scratch(L); placing_next(&at);)
    rates_layout(&at.room, w, dims_of(r, m, 0));
}

/* Pushes the kp x 1 spectrum of Lambda. */
static mat spectrum_push(lua_State *L, int r, int m, mat Z) {
  rates_work w;
  rates_place(L, &w, r, m);
  mat spectrum = bind_matrix_new(L, Z.cols, 1);
  ATTEMPT(L, "imbalance",
          imbalance_spectrum(&w.lapack, r, Z, mat_sub(w.SZ, 0, 0, Z.cols, Z.cols), spectrum.p));
  return spectrum;
}

static int rates_push(lua_State *L, const rates_inputs *in) {
  rates_work w;
  rates out;
  rates_place(L, &w, in->f.r, in->f.m);
  ATTEMPT(L, "rates", rates_from(&w, in, &out));
  lua_createtable(L, 0, 8);
  bind_set_number(L, "instantaneous", out.instantaneous);
  bind_set_number(L, "imbalance", out.imbalance);
  bind_set_number(L, "proposition1", out.proposition1);
  bind_set_number(L, "margin", out.margin);
  bind_set_number(L, "corollary6", out.corollary6);
  bind_set_number(L, "upper", out.upper);
  bind_set_number(L, "envelope", out.envelope);
  bind_set_number(L, "late", out.late);
  return 1;
}

/* core.theory.spectrum(Z, r): Z = [U1; V], r rows of U1 */
static int l_theory_spectrum(lua_State *L) {
  mat Z = bind_matrix_check(L, 1);
  int r = (int)bind_arg_integer(L, 2);
  spectrum_push(L, r, Z.rows - r, Z);
  return 1;
}

/* core.theory.imbalance(spectrum, r, m) -> {spectrum, c, delta_plus, delta_minus} */
static int l_theory_imbalance(lua_State *L) {
  mat s = bind_matrix_check(L, 1);
  imbalance b = imbalance_of(s.p, s.rows, (int)bind_arg_integer(L, 2), (int)bind_arg_integer(L, 3));
  lua_createtable(L, 0, 4);
  bind_set_number(L, "c", b.c);
  bind_set_number(L, "delta_plus", b.delta_plus);
  bind_set_number(L, "delta_minus", b.delta_minus);
  lua_pushvalue(L, 1);
  lua_setfield(L, -2, "spectrum");
  return 1;
}

/* core.theory.rates(Z, r, target, sigma) */
static int l_theory_rates(lua_State *L) {
  mat Z = bind_matrix_check(L, 1), target = bind_matrix_check(L, 3);
  mat sigma = bind_matrix_check(L, 4);
  int r = (int)bind_arg_integer(L, 2), m = Z.rows - r;
  field f = {.r = r, .m = m, .sigma = sigma.p, .Yt = target};
  rates_inputs in = {.f = f, .L = Z};
  in.spectrum = spectrum_push(L, r, m, Z).p;
  in.E = bind_matrix_new(L, r, m);
  ALONE(field_error(&f, Z, in.E));
  return rates_push(L, &in);
}

/* core.theory.state_rates(state): with the imbalance at this state, which only the flow conserves
 */
static int l_theory_state_rates(lua_State *L) {
  const state *s = bind_state_check(L, 1);
  const problem *p = s->o->p;
  rates_inputs in = {.f = problem_field(p, NULL), .L = s->L};
  in.spectrum = spectrum_push(L, p->r, p->m, s->L).p;
  in.E = bind_matrix_new(L, p->r, p->m);
  ALONE(field_error(&in.f, s->L, in.E));
  return rates_push(L, &in);
}

/* core.theory.term(d, c, s) */
static int l_theory_term(lua_State *L) {
  lua_pushnumber(L,
                 rates_term(bind_arg_number(L, 1), bind_arg_number(L, 2), bind_arg_number(L, 3)));
  return 1;
}

/* core.theory.theorem1(sigma_r, c) */
static int l_theory_theorem1(lua_State *L) {
  lua_pushnumber(L, rates_theorem1(bind_arg_number(L, 1), bind_arg_number(L, 2)));
  return 1;
}

/* core.theory.proposition1(c, delta_plus, delta_minus, sigma_r, s_m, s_r) */
static int l_theory_proposition1(lua_State *L) {
  imbalance b = {.c = bind_arg_number(L, 1),
                 .delta_plus = bind_arg_number(L, 2),
                 .delta_minus = bind_arg_number(L, 3)};
  lua_pushnumber(L, rates_proposition1(&b, bind_arg_number(L, 4), bind_arg_number(L, 5),
                                       bind_arg_number(L, 6)));
  return 1;
}

/* core.theory.upper(plus_first, minus_first, sigma_1, s_1) */
static int l_theory_upper(lua_State *L) {
  imbalance b = {.plus_first = bind_arg_number(L, 1), .minus_first = bind_arg_number(L, 2)};
  lua_pushnumber(L, rates_upper(&b, bind_arg_number(L, 3), bind_arg_number(L, 4)));
  return 1;
}

/* ---- bounds */

static bounds_setting setting_get(lua_State *L) {
  return (bounds_setting){.D = bind_number(L, 1, "D"),
                          .m = bind_number(L, 1, "m"),
                          .r = bind_number(L, 1, "r"),
                          .h = bind_number(L, 1, "h"),
                          .alpha = bind_number(L, 1, "alpha"),
                          .delta = bind_number(L, 1, "delta"),
                          .sigma_1 = bind_number(L, 1, "sigma_1"),
                          .sigma_r = bind_number(L, 1, "sigma_r"),
                          .norm_y = bind_number(L, 1, "norm_y"),
                          .printed_constants = bind_flag(L, 1, "printed_constants"),
                          .printed_h0 = bind_flag(L, 1, "printed_h0")};
}

/* core.theory.theorem2(setting) */
static int l_theory_theorem2(lua_State *L) {
  bounds_setting setting = setting_get(L);
  bounds_theorem2 b = bounds_theorem2_of(&setting);
  lua_createtable(L, 0, 9);
  bind_set_number(L, "bound", exp(b.log_bound));
  bind_set_number(L, "log_bound", b.log_bound);
  bind_set_number(L, "q", b.q);
  bind_set_number(L, "constant", exp(b.log_constant));
  bind_set_number(L, "log_constant", b.log_constant);
  bind_set_number(L, "h0", b.h0);
  bind_set_number(L, "threshold", exp(b.log_threshold));
  bind_set_number(L, "log_threshold", b.log_threshold);
  bind_set_flag(L, "applies", b.applies);
  return 1;
}

/* core.theory.lemma1(setting) */
static int l_theory_lemma1(lua_State *L) {
  bounds_setting setting = setting_get(L);
  bounds_lemma1 b = bounds_lemma1_of(&setting);
  lua_createtable(L, 0, 5);
  bind_set_number(L, "c", b.c_min);
  bind_set_number(L, "perpendicular", b.perpendicular);
  bind_set_number(L, "product", b.product);
  bind_set_number(L, "threshold", b.threshold);
  bind_set_flag(L, "applies", b.applies);
  return 1;
}

/* core.theory.rung(norm_perp, exponent) -> its logarithm */
static int l_theory_rung(lua_State *L) {
  lua_pushnumber(L, bounds_log_rung(bind_arg_number(L, 1), bind_arg_number(L, 2)));
  return 1;
}

/* core.theory.apriori(norm_perp, sigma_1, sigma_r, norm_e0, c) -> its logarithm */
static int l_theory_apriori(lua_State *L) {
  lua_pushnumber(L, bounds_log_apriori(bind_arg_number(L, 1), bind_arg_number(L, 2),
                                       bind_arg_number(L, 3), bind_arg_number(L, 4),
                                       bind_arg_number(L, 5)));
  return 1;
}

/* core.theory.norms(state) -> ||U2 V^T||, ||U1 V^T||, ||E||, Frobenius; U2 enters by C = F R */
static int l_theory_norms(lua_State *L) {
  const state *s = bind_state_check(L, 1);
  const problem *p = s->o->p;
  field f = problem_field(p, &bind_state_work(L, 1)->room);
  mat outside = bind_matrix_new(L, s->o->R.rows, p->m), P = bind_matrix_new(L, p->r, p->m);
  ALONE({
    blas_gemm('N', 'T', s->decay, s->o->R, state_V(s), 0.0, outside);
    blas_gemm('N', 'T', 1.0, state_U(s), state_V(s), 0.0, P);
    lua_pushnumber(L, mat_norm_fro(outside));
    lua_pushnumber(L, mat_norm_fro(P));
    field_error(&f, s->L, P);
    lua_pushnumber(L, mat_norm_fro(P));
  });
  return 3;
}

/* core.theory.force(state) -> ||E||_F, ||diag(sigma) E||_2 */
static int l_theory_force(lua_State *L) {
  const state *s = bind_state_check(L, 1);
  state_work *w = bind_state_work(L, 1);
  field f = problem_field(s->o->p, &w->room);
  double size;
  ALONE({
    field_error(&f, s->L, w->E);
    size = mat_norm_fro(w->E);
    field_force(&f, w->E, w->A);
  });
  ATTEMPT(L, "bounds", lapack_singular_values(&w->lapack, w->A, w->s));
  lua_pushnumber(L, size);
  lua_pushnumber(L, w->s[0]);
  return 2;
}

/* ---- laws; nu, t are columns */

/* core.theory.law(s_u, dof, nu) -> mean, variance */
static int l_theory_law(lua_State *L) {
  double s_u = bind_arg_number(L, 1), dof = bind_arg_number(L, 2);
  mat nu = bind_matrix_check(L, 3);
  lua_pushnumber(L, law_mean(s_u, dof, nu.p, nu.rows));
  lua_pushnumber(L, law_variance(s_u, dof, nu.p, nu.rows));
  return 2;
}

/* core.theory.law_cdf(s_u, dof, nu, x) */
static int l_theory_law_cdf(lua_State *L) {
  mat nu = bind_matrix_check(L, 3);
  lua_pushnumber(L, law_cdf(bind_arg_number(L, 1), bind_arg_number(L, 2), nu.p, nu.rows,
                            bind_arg_number(L, 4)));
  return 1;
}

/* core.theory.wide_mean(h, s_u, s_v, dof, t) */
static int l_theory_wide_mean(lua_State *L) {
  mat t = bind_matrix_check(L, 5);
  lua_pushnumber(L, law_wide_mean(bind_arg_number(L, 1), bind_arg_number(L, 2),
                                  bind_arg_number(L, 3), bind_arg_number(L, 4), t.p, t.rows));
  return 1;
}

/* core.theory.wide_slope(h, alpha, t) */
static int l_theory_wide_slope(lua_State *L) {
  mat h = bind_matrix_check(L, 1), t = bind_matrix_check(L, 3);
  lua_pushnumber(L, law_wide_slope(h.p, h.rows, bind_arg_number(L, 2), t.p, t.rows));
  return 1;
}

/* core.theory.wide_exponent(alpha) */
static int l_theory_wide_exponent(lua_State *L) {
  lua_pushnumber(L, law_wide_exponent(bind_arg_number(L, 1)));
  return 1;
}

static const luaL_Reg functions[] = {{"spectrum", l_theory_spectrum},
                                     {"imbalance", l_theory_imbalance},
                                     {"rates", l_theory_rates},
                                     {"state_rates", l_theory_state_rates},
                                     {"term", l_theory_term},
                                     {"theorem1", l_theory_theorem1},
                                     {"proposition1", l_theory_proposition1},
                                     {"upper", l_theory_upper},
                                     {"theorem2", l_theory_theorem2},
                                     {"lemma1", l_theory_lemma1},
                                     {"rung", l_theory_rung},
                                     {"apriori", l_theory_apriori},
                                     {"norms", l_theory_norms},
                                     {"force", l_theory_force},
                                     {"law", l_theory_law},
                                     {"law_cdf", l_theory_law_cdf},
                                     {"wide_mean", l_theory_wide_mean},
                                     {"wide_slope", l_theory_wide_slope},
                                     {"wide_exponent", l_theory_wide_exponent},
                                     {NULL, NULL}};

void bind_theory(lua_State *L) { luaL_setfuncs(L, functions, 0); }
