/* csrc/flow/tuning.h: every constant of the flow that was chosen and not derived: what it does,
 * what was varied, what was seen. `bench/tuning.lua NAME factors` varies any of them over thirteen
 * kinds of problems, five methods and three tolerances, and repeats what stands behind "Bench:":
 * attempts are steps accepted or not; errors are those at the end, the worst, over tol. "Nothing":
 * no step and no digit of an error changed. Numbers are ratios to the values that stood here when
 * they were measured.
 * SPDX-License-Identifier: MIT */
#ifndef LINNET_FLOW_TUNING_H
#define LINNET_FLOW_TUNING_H

/* ---- control.c: the step size controller */

/* The next step is this share of what the estimate would allow. Bench: 0.45 takes 1.2 to 1.6 times
 * the attempts for errors of 0.15 (1e-3) to 1.3 times these; with 0.99 auto takes 0.90 to 1.06
 * times the attempts at up to 6 times the error, dop853 up to 1.44 times. */
static const double CONTROL_SAFETY = 0.9;
/* Factors between which a step may change. Bench: GROW 5 and 20, SHRINK 0.05 and 0.2 take 0.98 to
 * 1.05 times auto's attempts; errors of auto at 1e-3 go from 0.05 to 0.17 and 0.15 tol with GROW.
 */
static const double CONTROL_GROW = 10.0, CONTROL_SHRINK = 0.1;
/* Errors below this one say nothing of the next step. Bench: 3e-14 to 3e-11, less than 1 %. */
static const double CONTROL_LEAST = 1e-12;
/* The power of h that a refused step has shown is at most 1 / the first of these times that of the
 * estimate, and holds for steps that differ from it by up to the second. Bench: 0.75 takes dop853
 * 1.05 to 1.11 times the attempts, 0.075 0.92 to 0.99; around 0.6 takes explicit methods 1.07 to
 * 1.16 times as many, around 6 up to 1.08 and errors of dop853 at 1e-3 from 0.02 to 0.15 tol. */
static const double CONTROL_STEEPEST = 0.25, CONTROL_AROUND = 2.0;

/* ---- units.c */

/* Powers of two, of data times state: the rate of the flow is its square. Below LEAST they are no
 * smaller, so that a time of 1 does not underflow; nor where weights decay 2^DECAY times as fast as
 * the flow can do anything: products with the decay stay finite, and it is what it is. */
enum { UNITS_LEAST = -450, UNITS_DECAY = 400 };

/* ---- stepper.c */

/* Share of tol^1/p / (||K|| + ||A||) that the first step takes. Bench: 0.25 and 1 take 0.96 to 1.01
 * times the attempts (expo2 at 1e-3: 0.89); errors of auto at 1e-3 are 4 and 12 times as large,
 * still below tol. ||K|| is what the power method finds: with its bound by norms of U and V, which
 * is up to a hundred times as much, 300 random flows take auto 1.08, 1.05, 1.01 times the steps at
 * 1e-3, 1e-6, 1e-9. */
static const double STEPPER_FIRST = 0.5;
/* Estimates are leading terms: none is believed above this, whatever the tolerance. Bench, at 1e-3:
 * 0.005 and 0.02 take 1.03 and 0.97 times the attempts. */
static const double STEPPER_ROUGHEST = 1e-2;
/* A step in which the excess grew is tried again this many times shorter. Bench: 4 changes 2 % of
 * dop853's attempts; with 1, when such steps are taken, they are 0.75 to 0.94 times as many, but
 * one flow of expo2 is not at its end after 2,000. */
static const double STEPPER_UPHILL = 2.0;

/* ---- dopri5.c, dop853.c, explicit.c: Runge-Kutta */

/* Bars of the estimates, in tol. Where small weights grow, errors at the end are up to 8 times as
 * much as the bar: the worst of 60 growing scalars is at 3 tol with each. Bench: half and twice the
 * bar give half and twice the error (dopri5 at 1e-3: 0.28, 0.65, 1.5 tol) for 1.05 and 0.97 times
 * the attempts. */
static const double DOPRI5_BAR = 0.3, DOP853_BAR = 0.4;
/* dop853's estimate is at least this share of the square of its rough one, which is of the same
 * order: alone it is once a hundred times too small, in a long step. Bench, dop853 at 1e-3: 0.05,
 * 0.1, 0.2 have errors of 0.58, 0.23, 0.09 tol in 1 % more or fewer attempts. */
static const double DOP853_ROUGH = 0.1;

/* |R(z)| <= 1 on [-stable, 0], R the stability polynomial: spec/c/erk.c evaluates it, and an eighth
 * more fails there. Bench: with twice as much dop853 takes 2.7 times the attempts at 1e-9. */
static const double TABLEAU_DOPRI5_STABLE = 3.3, TABLEAU_DOP853_STABLE = 6.0;
/* A propagator of norm up to this keeps the imbalance to a few units of round-off. Bench, auto at
 * 1e-3: 2 and 8 take 1.05 and 0.93 times the attempts. */
static const double ERK_FAR = 4.0;

/* Where the loss bends within a step its estimate counts so many times: of 25 problems with Huber's
 * loss dopri5 at 1e-9 has one at 24 tol without. */
static const double ERK_BENT = 10.0;

/* ---- propagator.c */

/* L = I from s m = r / this on: a matter of time alone. Steps of dop853 take as long either way at
 * r = 30, 42, 70 for m = 1, 2, 4; with L = I .7 of the time at r = 20, m = 2 and .3 at r = 12, m
 * = 4. Bench: 0.45 to 4.5, nothing. */
static const double PROPAGATOR_FULL = 1.5;
/* Newton's iteration ends at this defect, which its last correction squares. Bench: 3e-11 to 3e-8,
 * nothing; 4 to 16 iterations, nothing. */
static const double PROPAGATOR_DEFECT = 1e-8;
enum { PROPAGATOR_ITERATIONS = 8 };

/* ---- rotate.c */

/* cosh(s) - 1 from which a rotation is noted: s about 1. Bench: 0.015 to 0.5, nothing; 15 takes
 * expo4 at 1e-3 1.01 times the attempts. */
static const double ROTATE_SMALL = 0.5;
/* Squared norm up to which a rotation of so many outputs or more is summed as a series: s < .95,
 * none that is noted. A step of expo4 takes 0.45 and 0.7 times as long as by singular vectors at
 * m = 10, r = 20 and at m = 5, r = 30, as long at m = 3, 1.3 times at m = 2. Its terms are never as
 * many. */
static const double ROTATE_LITTLE = 0.9;
enum { ROTATE_SERIES = 4, ROTATE_TERMS = 12 };
/* Largest rotation: e^300 squared still is finite. Bench: 150 and 600, nothing: no step that is
 * taken comes near 150. */
static const double ROTATE_MOST = 300.0;

/* ---- expo.c, exponential.c */

/* Bars of the estimates: this times tol^1.5, and times tol. expo4 divides by 1 + GROWING where the
 * state grows. With 8 everywhere the population took 142 steps at 1e-9, where 122 now do; the worst
 * was 1.1 tol at 1e-6, 4.4 now, and growing scalars were at 6 tol, 5 now. With 25 everywhere those
 * were at 18, and at 10 where only h ||A|| said that there is growth; (32, 4) has 6.1 tol for 4 %
 * fewer steps; all that before kernels were kept. Bench: GROWING 0.9 has 0.5 tol of 0.27 (auto at
 * 1e-3) for 0.93 times the attempts, 9 takes 0.97 to 1.04 (auto) and 1.04 to 1.08 times as many
 * (expo4), for a fifth of the error at 1e-3 and 1e-6. EXPO2_BAR 50 takes 1.24 times
 * the attempts at 1e-6, 200 0.93 times at 1e-3; errors are 0.8 and 2 tol. */
static const double EXPO2_BAR = 100.0, EXPO4_BAR = 25.0, EXPO4_GROWING = 3.0;
/* expo4's estimate sees a step of any length: between 0.1 and 1 nothing goes wrong, and from tol
 * 0.01 on 1 saves one step of eight. */
static const double EXPO4_ROUGHEST = 0.3;
/* Share of the rough estimate that bounds the error where the fine one passes through zero: of
 * 6,474 steps whose error was measured, the worst is 2 of the larger of both, and 7 of the fine.
 * Bench, expo4: 0.15 changes 2 %, 0.6 takes 1.00 to 1.04 times the attempts, at 1e-3 for a fifth
 * of the error. */
static const double EXPO4_ROUGH = 0.3;
/* t lam of the slowest mode that stages are made consistent in: below 1 a correction adds more than
 * it removes. With 0.2 one problem of the population was at 18 tol, with 1 and 2 none above 9,
 * before kernels were kept. Bench: 0.5 and 2 take 0.98 to 1.02 times the attempts. */
static const double EXPO_STIFF = 1.0;
/* Corrections below this share of the bar end the iteration, which ends after so many anyway.
 * Bench: 3e-8 to 3e-5, 5 to 20 corrections: at most one percent. */
static const double EXPO_SETTLED = 1e-6;
/* With weight decay also below this share of w, in units in which ||K|| is about 1: E itself is
 * that small where Z moves on by w alone. */
static const double EXPO_SETTLED_DECAY = 0.01;
enum { EXPO_CONSISTENT = 10 };
/* expo4 keeps a kernel for so many steps, or until a stage takes more corrections than the second
 * number, or an attempt fails. Of six problems (r 10 to 100, kappa 8 to 1e6) eigenproblems at 1e-3,
 * 1e-6, 1e-9, and the worst of the population over tol, both without the next bound: (1, any) 83,
 * 226, 1,029, with 1.2, 7.7, 2.0; (3, 4) 44, 97, 388, with .5, 2.1, 2.0; (6, 4) 37, 83, 273, with
 * 1.3, 2.1, 2.0, and with weight decay 7 instead of .7; (6, 6) 27, 60, 195, with 1.3, 6.8, 8.1;
 * (10, 5) 32, 68, 179, with 6.0, 4.0, 14. Steps are as many with each. */
enum { EXPO_KEPT = 3, EXPO_KEPT_CORRECTIONS = 4 };
/* Nor longer than the sum of h (||A|| + w) is at most this: without, one of 24 growing flows is at
 * 19 tol at 1e-3, 1.2 with; 0.2 takes 1.3 times the eigenproblems at 1e-3, as many at 1e-9 (w = 0).
 * Bench: half and twice take 0.98 to 1.04 times the attempts. */
static const double EXPO_KEPT_MOVED = 0.5;
/* Rotations may take a state this many times as far as both ends of a step. Bench, at 1e-3: 2 and 8
 * take 0.99 to 1.00 times the attempts. */
static const double EXPO_FAR = 4.0;
/* To infinity: eigenvalues below this share of the largest are zero but for round-off. Bench: 3e-16
 * to 3e-13, nothing. Iterations of the last step: 6 or 24, not one step more. */
static const double EXPO_NULL = 1e-14;
enum { EXPO_NEWTON = 12 };

/* ---- rodas.c, implicit.c */

/* Bar of its estimate: this times tol. With 0.2 flows that creep take 1.4 (1e-6) to 2.4 (1e-9)
 * times the steps, with 5 a little less, and the worst error of auto stays: it comes from
 * elsewhere. Bench, auto: 0.5 takes 1.04 times the attempts and one flow of 13 is not at its end
 * after 2,000 steps at 1e-9; 2 takes 0.82 times as many there, 0.97 at 1e-6. By name,
 * where E vanishes and the data are stiff, 4 has 386 tol at 1e-6 at worst and 1 has 104. Where
 * another method has handed over because the state creeps it is the second number times as much:
 * 0.7 of the steps of 1; with 20 half of those, and expo4 is at 9 tol at 1e-9. */
static const double RODAS_BAR = 1.0, RODAS_CREEPING = 4.0;
/* Sharper tolerances count as this: what conjugate gradients leave adds up. Of four problems one
 * has 3e-13 at 1e-12 in 1,359 steps, and 1e-11 at 1e-13 in 3,397. */
static const double RODAS_SHARPEST = 1e-12;
/* Conjugate gradients end at this relative residual, or after so many iterations. 1e-12 changes no
 * step and takes half again the time; 1e-6 makes 22 tol of 6 at tol 1e-9. Bench: 60 to 600
 * iterations, nothing. */
static const double RODAS_SOLVED = 1e-9;
enum { RODAS_SOLVER = 200 };
/* Corrections of the imbalance after a step: each squares what is left. Bench: 1 and 4, nothing. */
enum { RODAS_RESTORE = 2 };
/* Steps are at most this share of the time in which a mode grows e-fold (0.25 to 3: the bench does
 * not see it, spec/flow/rest_spec.lua does), */
static const double RODAS_GROWTH = 1.0;
/* and this is the error of one that is longer: the next is half as long. Bench: 8, 32, nothing. */
static const double RODAS_UNSOLVED = 16.0;
/* A step, per r m k', beside two of expo2's. Bench: half and twice take 0.99 to 1.01 times auto's
 * attempts. */
static const double RODAS_COST_PRODUCT = 0.1;
/* Where columns are few, microseconds a step, per m, per r m, per r m k': 0.08, 0.10 and 0.13 ms at
 * r = 60, 120 and 160, m = k' = 1, 0.33 and 0.67 at r = 60 and 160, m = k' = 3, 1.2 at 100, 5, 10,
 * 14.5 and 26.4 ms at r = 700 and 1500, m = k' = 10. */
static const double RODAS_FEW_CALL = 45.0, RODAS_FEW_ROW = 0.5, RODAS_FEW_PRODUCT = 0.15;

/* Of another loss than the squared one, G and K are dense up to this order: three matrices, a third
 * of a second for their factors. Microseconds a step, per order^3, per r m k' and, of some seventy
 * products with l'', per n r m: 0.36 s at r m = 1400, n = 400, 60 ms at 600 and 600, 7.5 ms at 177
 * and 60. */
static const double RODAS_DENSE = 1500.0, RODAS_DENSE_CUBE = 1e-4, RODAS_DENSE_PRODUCT = 0.4,
                    RODAS_DENSE_SAMPLE = 0.1;
/* An explicit step, per n r m: its twelve residuals. */
static const double DOP853_COST_SAMPLE = 0.012;

/* rodas4 takes 1.3 to 1.9 times the steps of expo4 to t = infinity on narrow networks (r 30 to 300,
 * kappa 1e3 to 7e7): so many times cheaper, it is auto's second method in its place. */
static const double STEPPER_DISPLACE = 2.0;

/* Sharper tolerances count as this, 100 units of round-off, as in SciPy: of four problems (r 8 to
 * 20, kappa 8 to 1e4) dop853 is within 6e-15 of itself at 2e-16, and within 8e-15 at 2e-15; these
 * take 1.7 to 3.9 and 1.3 to 1.9 times the steps. */
static const double STEPPER_SHARPEST = 2.3e-14;

/* ---- choice.c: auto */

/* The other method's step must get this many times as far for its price. Bench, auto: 0.6 takes
 * 0.96 to 1.00 times the attempts, 2.4 1.00 times at 1e-3, 1.09 at 1e-6, 1.20 at 1e-9. */
static const double CHOICE_MARGIN = 1.2;
/* Steps of the other method that may be spent before it is tried; at most, as failures double it.
 * Bench, auto: 1 and 4 take 0.97 to 1.03 times the attempts; 16 and 64, nothing. */
static const double CHOICE_PATIENCE = 2.0, CHOICE_PATIENCE_MOST = 32.0;
/* Bounds of how many times later a step that was too long is thought to be right. Bench: at most
 * 1.2 takes auto 1.02 times the attempts at 1e-6, 12 as many. */
static const double CHOICE_LATER = 1.2, CHOICE_LATER_MOST = 4.0;
/* dop853 is tried against expo4 only so far inside its region of stability: one step from a smooth
 * state would not show that it is unstable. Bench: 0.35 and 1.4 change less than half a percent. */
static const double CHOICE_INSIDE = 0.7;
/* What promises something to a method without a limit, whose first attempt pays for a kernel, and
 * for a second one where Z goes far. h lam_max is at least this share of what is stable: of 300
 * random flows (r to 70) none costs more than 1.3 times what trying at once had cost, by
 * eigenproblems and evaluations, the mean .91. Bench, auto: 0.4 and 1.6 take 0.99 to 1.03 times the
 * attempts, */
static const double CHOICE_STIFF = 0.8;
/* or h times weight decay this: of 600 random flows with decay 0 (tried at once) takes 1.18 times
 * the eigenproblems, 0.03 and 0.3 take 1.03 and 0.95 times, steps are as many within 2 %; with 0.3
 * errors at 1e-9 are larger. */
static const double CHOICE_DECAY = 0.1;
/* or the error of such a step, of second or third order in how far Z will go, is at most this many
 * bars: without, flows from 1e-30 take 700 steps of 50, wide ones 40 of 8 (bench: 0.5 takes 1.18
 * times the attempts at 1e-9, 1.00 else, 2 0.99), */
static const double CHOICE_LAZY = 1.0;
/* What stiffness promises is refused where it neglects more than so many bars, as far as that can
 * be foreseen (is_rough of choice.c): of 176 such attempts of the population 59 were refused, of
 * which 50 are foreseen, with 9 that were taken; with 7 it is 56 and 17, with 60 42 and 2. Errors
 * of nine in ten are 1/160 to 1/3 of what is foreseen. After CHOICE_PATIENCE_MOST such steps it is
 * tried all the same. Bench, auto: 5 takes 1.01 times the attempts, 80 and 2e10 0.99. */
static const double CHOICE_ROUGH = 20.0;
/* and what is left costs so many of its steps. Of 300 random flows 5, 7 and 9 cost 1.03 times as
 * much in the mean; n = 20, m = 5 to t = 30 takes 0.9 times as long with 7 (1.3 at 1e-3).
 * Bench: half and twice, two attempts of 600. */
static const double CHOICE_ENTRY = 3.0;
/* Passes of the power method at the first state that is asked for, and at each later one: each is a
 * thirtieth of a step of dop853. Bench: 2 and 8, 2, nothing. */
enum { FASTEST_FIRST = 4, FASTEST_NEXT = 1 };
/* Microseconds of one core of 2023; only ratios matter. Fitted to steps of auto, held in dop853,
 * and of expo4 at 18 sizes (r 3 to 200, m 1 to 20, k' 4 to 201): within 35 %, mostly 10 %. On
 * another core bench/costs.lua has 20 of 33 sizes, rodas4 among them, within 35 % of the median of
 * measured over this, all at 0.4 to 1.7 of it. A step, per r (m + 2) k', which passes over the
 * state count in, per order^3 of the propagator. */
static const double DOP853_COST_CALL = 40.0, DOP853_COST_PRODUCT = 0.013, DOP853_COST_CUBE = 1.2e-3;
/* A step, per r (m + 2) k', and per eigenproblem, its r, r^2 and r^3. Bench: half and twice any of
 * these eight took auto, before kernels were kept, 0.97 to 1.12 times the attempts: they need not
 * be better than to a factor of two. */
static const double EXPO_COST_CALL = 20.0, EXPO_COST_PRODUCT = 0.02, EXPO_COST_ROW = 1.8,
                    EXPO_COST_SQUARE = 0.067, EXPO_COST_CUBE = 1.6e-4;
/* Kernels that a step of expo4 takes, as it keeps them. Bench: half and twice take auto 0.96
 * to 1.06 times the attempts. */
static const double EXPO_COST_KERNELS = 0.4;

/* ---- arrival.c: when a flow has come to rest */

/* Units of round-off within which E is zero: of its own terms, and after so many steps in which the
 * excess did not halve, because explicit steps near their limit of stability hover above. Bench:
 * half and twice UNITS or HOVERING change 2 % of the attempts of explicit methods, PATIENCE from 6
 * to 60 nothing. */
static const double ARRIVAL_UNITS = 8.0, ARRIVAL_HOVERING = 512.0;
enum { ARRIVAL_PATIENCE = 20 };
/* So many units of round-off, times the larger side, are a singular value of zero (NumPy takes
 * one). Bench: 1.2 to 12, nothing. */
static const double ARRIVAL_RANK = 4.0;
/* A tiny entry that its velocity should have multiplied by exp of this is not growing. Bench: 0.9
 * to 900, nothing. */
static const double ARRIVAL_NOT_GROWING = 30.0;
/* After so many steps, each this many times as long as the shortest time scale, in which the state
 * stayed to so many units of round-off, it rests: with sigma_1/sigma_r = 3e8 round-off of stiff
 * parts of S Z hides the rest from its own measure for ever. */
enum { ARRIVAL_STILL = 10 };
static const double ARRIVAL_STILL_LENGTH = 1e3, ARRIVAL_STILL_UNITS = 64.0;
/* Steps at round-off of S Z after which no way out of a saddle is expected any more. Bench: 60 to
 * 60,000, nothing. */
enum { ARRIVAL_GIVE_UP = 2000 };
/* A state creeps where so many steps did not halve the excess, and the next would move it by less
 * than this share of tol^1/p, by which accuracy alone lets it move. 0.02 takes 1.2 to 1.4 times the
 * steps of 0.1; 0.5 the same as 0.1 or slightly more. Bench, auto: after 5 steps 0.87 to 0.96 times
 * the attempts, after 20 1.09 to 1.23 times; MOST 160 and 640, nothing; 0.05 and 0.2 take 1.00 to
 * 1.04 times as many. */
enum { ARRIVAL_CREEPING = 10, ARRIVAL_CREEPING_MOST = 320 };
static const double ARRIVAL_CREEP = 0.1;
/* Explicit steps keep this share of their region of stability where stiff parts of E linger. Bench,
 * dop853: 0.4 changes 2 %, 1.6 takes 2.7 times the attempts at 1e-9. */
static const double ARRIVAL_INSIDE = 0.8;
/* Near a stationary point (motion below this many bars of the estimate, and below the second
 * number) steps are at most the third over ||K|| + ||A||. Bench: 5 and 20 bars, NEAR 5e-4, STEP
 * 0.015 to 15, nothing; NEAR 2e-3 takes auto at 1e-3 1.06 times the attempts.
 * spec/flow/rest_spec.lua sees more: with STEP 15 a flow ends elsewhere, with NEAR 1e-9 one does
 * not end. */
static const double ARRIVAL_NEAR_BARS = 10.0, ARRIVAL_NEAR = 1e-3, ARRIVAL_STEP = 0.5;

/* Explicit steps with weight decay: w h is at most this share of the method's stable h lam; near
 * rest that of a step with the exact imbalance is at most the second, with which its 9th power is
 * round-off. */
static const double ARRIVAL_DECAY = 1.0 / 6.0, ARRIVAL_DECAY_EXACT = 0.03;

/* ---- flow.c */

/* A step to infinity that was refused is tried again once the excess is below this share. Bench:
 * half and twice, less than half a percent. */
static const double FLOW_INFINITE_AGAIN = 0.1;
/* To infinity: a part of E whose target is zero decays in all its digits, by algebra or by one
 * hidden unit until nothing is left to be divided by. It has vanished where it is round-off of the
 * round-off of the target or the start, whichever is larger. Until the weights underflowed Y = 0
 * and h = 1 took 2,800 to 5,400 steps at 1e-12, where it now takes 540 to 860, and ended by
 * "saddle" or "non_finite". */
static const double FLOW_GONE = 5e-32; /* eps^2 */
/* A finite end is met in two equal steps from twice a step away on. Bench: 0.25 and 1 take 1.00 to
 * 1.04 times the attempts; dop853 at 1e-6 has 0.59 and 0.14 tol of 0.007. */
static const double FLOW_HALVES = 0.5;
/* Attempts in a row that may not be finite: each is a tenth of the one before, 1e-20 in the end. */
enum { FLOW_NON_FINITE_MOST = 20 };

/* ---- between.c */

/* Share of the way to a state inside a step that the first of several steps tries. No part of the
 * trajectory: bench, 0.25 and 1, nothing. */
static const double BETWEEN_FIRST = 0.5;
/* |log(excess / level)| at which until_excess is met: what docs/mathematics.md promises. Halving an
 * interval 60 times leaves less than a unit of round-off of it, and so do 60 refused steps. */
static const double BETWEEN_LEVEL = 1e-10;
enum { BETWEEN_ITERATIONS = 60, BETWEEN_FAILURES = 60 };

/* ---- descent.c */

/* A descent has diverged at this many times the larger of its first excess and that of Yt: far
 * above every transient of a stable step, far below overflow. A step too large by a factor x grows
 * the excess by about (2 x - 1)^2 each time: from 1e4 to 1e12 is a few steps more or fewer. */
static const double DESCENT_DIVERGED = 1e8;
/* The largest stable step is looked for along so many steps of a flow at this tolerance, and K
 * asked for once in so many. What is found is a word in a diagnosis: no bench. */
static const double DESCENT_AHEAD_TOL = 1e-3;
enum { DESCENT_AHEAD = 400, DESCENT_AHEAD_EVERY = 20 };

#endif
