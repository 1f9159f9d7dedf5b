"""spec/numpy/compare.py DIR: results of linnet's matrices against NumPy's.

DIR holds, for every case k, inputs k.A.npy and k.B.npy and one file k.<function>.npy for each
function below, as written by spec/matrix/numpy_spec.lua. Prints one line per difference, then
"compared N"; a difference is more than the function's tolerance relative to the largest entry.
SPDX-License-Identifier: MIT
"""
import pathlib
import sys

import numpy as np


def signed_r(a):
    """R of the thin QR factorization with a diagonal >= 0, which makes it unique."""
    r = np.linalg.qr(a)[1]
    return r * np.where(np.diag(r) < 0, -1.0, 1.0)[:, None]


def by_real_part(values):
    values = sorted(values, key=lambda z: (z.real, z.imag))
    return np.array([[z.real, z.imag] for z in values])


def column(v):
    return np.asarray(v).reshape(-1, 1)


def number(x):
    return np.array([[x]], dtype=float)


ROUND_OFF = 1e-12  # a few hundred eps, for sums and factorizations of matrices up to 60 x 40
# name: (what NumPy says of A and B, tolerance; "cond": ROUND_OFF times the condition of A)
FUNCTIONS = {
    "plus": (lambda a, b: a + 2 * b, 0),
    "product": (lambda a, b: a @ b.T, ROUND_OFF),
    "emul": (lambda a, b: a * b, 0),
    "ediv": (lambda a, b: a / b, 0),
    "kron": (lambda a, b: np.kron(a, b[:2, :2]), 0),
    "reshape": (lambda a, b: a.reshape(a.shape[::-1], order="F"), 0),
    "sum_rows": (lambda a, b: a.sum(axis=0, keepdims=True), ROUND_OFF),
    "sum_cols": (lambda a, b: a.sum(axis=1, keepdims=True), ROUND_OFF),
    "mean": (lambda a, b: number(a.mean()), ROUND_OFF),
    "std_rows": (lambda a, b: a.std(axis=0, ddof=1, keepdims=True), ROUND_OFF),
    "cumsum": (lambda a, b: a.cumsum(axis=0), ROUND_OFF),
    "sort": (lambda a, b: np.sort(a, axis=1), 0),
    "argmax": (lambda a, b: column(a.argmax(axis=1) + 1.0), 0),
    "norm_fro": (lambda a, b: number(np.linalg.norm(a / np.abs(a).max()) * np.abs(a).max()),
                 ROUND_OFF),
    "norm_1": (lambda a, b: number(np.linalg.norm(a, 1)), ROUND_OFF),
    "norm_2": (lambda a, b: number(np.linalg.norm(a, 2)), ROUND_OFF),
    "norm_inf": (lambda a, b: number(np.linalg.norm(a, np.inf)), ROUND_OFF),
    "norm_nuc": (lambda a, b: number(np.linalg.norm(a, "nuc")), ROUND_OFF),
    "singular_values": (lambda a, b: column(np.linalg.svd(a, compute_uv=False)), ROUND_OFF),
    "low_rank": (lambda a, b: low_rank(a, 3), ROUND_OFF),
    "rank": (lambda a, b: number(np.linalg.matrix_rank(a)), 0),
    "pinv": (lambda a, b: np.linalg.pinv(a, rcond=max(a.shape) * np.finfo(float).eps), "cond"),
    "lstsq": (lambda a, b: np.linalg.lstsq(a, b, rcond=None)[0], "cond"),
    "r": (lambda a, b: signed_r(a), "cond"),
    "gram_values": (lambda a, b: column(np.linalg.eigvalsh(a.T @ a)), ROUND_OFF),
    "solve": (lambda a, b: np.linalg.solve(a, b), "cond"),
    "inv": (lambda a, b: np.linalg.inv(a), "cond"),
    "det": (lambda a, b: number(np.linalg.det(a)), "cond"),
    "logdet": (lambda a, b: number(np.linalg.slogdet(a)[1]), 10 * ROUND_OFF),  # cond(a) eps
    "eig": (lambda a, b: by_real_part(np.linalg.eigvals(a)), 1e-9),
    "chol": (lambda a, b: np.linalg.cholesky(a @ a.T + np.eye(len(a)) * np.abs(a).max() ** 2),
             ROUND_OFF),
    "power": (lambda a, b: np.linalg.matrix_power(a / np.abs(a).max(), 5), ROUND_OFF),
}


def low_rank(a, k):
    u, s, vt = np.linalg.svd(a, full_matrices=False)
    return (u[:, :k] * s[:k]) @ vt[:k]


def condition(a):
    s = np.linalg.svd(a, compute_uv=False)
    s = s[s > max(a.shape) * np.finfo(float).eps * s[0]]
    return s[0] / s[-1]


def main(folder):
    compared = failed = 0
    for path in sorted(pathlib.Path(folder).glob("*.npy")):
        case, name = path.name.split(".")[:2]
        if name in "AB":
            continue
        a, b = (np.load(f"{folder}/{case}.{x}.npy") for x in "AB")
        with np.errstate(all="ignore"):
            want, tolerance = FUNCTIONS[name][0](a, b), FUNCTIONS[name][1]
        got = np.load(path)
        if tolerance == "cond":
            tolerance = ROUND_OFF * condition(a)
        compared += 1
        if got.shape != want.shape:
            print(f"{case}.{name}: shape {got.shape}, NumPy {want.shape}")
            failed += 1
        elif not np.abs(got - want).max() <= tolerance * np.abs(want).max():
            print(f"{case}.{name}: {np.abs(got - want).max() / np.abs(want).max():.3g} off, "
                  f"allowed {tolerance:.3g}")
            failed += 1
    print(f"compared {compared}")
    sys.exit(1 if failed else 0)


main(sys.argv[1])
