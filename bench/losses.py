"""bench/losses.py: random problems with losses other than the squared one and their ends, found on
full weights by SciPy: two integrators, whose difference bounds their error. Writes
spec/reference/population_losses.npy, which spec/flow/population_losses_spec.lua reads:

    python3 bench/losses.py 20 spec/reference/population_losses.npy     # 20 of each loss

Numbers in a row, problem after problem: number of the loss (1 logistic, 2 softmax, 3 huber), n, D,
m, h, t, weight decay, delta, amplification; X, Y, U, V, and U, V at t, column by column. The
amplification is how much more a change of the start, of 1e-6 of the largest weight in each, has
become at t, at least 1. SPDX-License-Identifier: MIT
"""
import sys

import numpy as np
from scipy.integrate import solve_ivp

LOSSES = ["logistic", "softmax", "huber"]
AGREE = 2e-10  # of both integrators, over the amplification


def residual(loss, delta, F, Y):
    if loss == "logistic":
        return Y * 0.5 * (1 - np.tanh(Y * F / 2))
    if loss == "softmax":
        P = np.exp(F - F.max(1, keepdims=True))
        return Y - P / P.sum(1, keepdims=True)
    return np.clip(Y - F, -delta, delta)


def flow(c, U, V, method):
    D, h = U.shape

    def split(z):
        return z[: D * h].reshape(D, h), z[D * h :].reshape(-1, h)

    def slope(_, z):
        U, V = split(z)
        A = c["X"].T @ residual(c["loss"], c["delta"], c["X"] @ U @ V.T, c["Y"])
        return np.concatenate([(A @ V - c["w"] * U).ravel(), (A.T @ U - c["w"] * V).ravel()])

    z = np.concatenate([U.ravel(), V.ravel()])
    rtol = {"Radau": 1e-12, "LSODA": 1e-12, "DOP853": 3e-14}[method]
    out = solve_ivp(slope, (0, c["t"]), z, method=method, rtol=rtol, atol=1e-16 * abs(z).max())
    return split(out.y[:, -1]) if out.success else None


def apart(a, b):
    return max(abs(x - y).max() / abs(y).max() for x, y in zip(a, b))


def draw(rng, loss):
    pick = lambda *list: list[rng.integers(len(list))]
    n, D, h = pick(2, 4, 7, 12), pick(1, 2, 4, 7), pick(1, 2, 3, 5)
    m = 1 if loss == "logistic" else pick(2, 3, 4) if loss == "softmax" else pick(1, 2, 3)
    P, s, Q = np.linalg.svd(rng.normal(size=(n, D)), full_matrices=False)
    kappa, q = pick(1, 3, 10, 100, 1000), len(s)
    s = kappa ** (-np.arange(q) / max(q - 1, 1)) * pick(0.1, 1, 1, 3, 10) * n**0.5
    X, smooth, delta = P * s @ Q, pick(0, 0, 0.1, 0.4), pick(0.1, 0.5, 1.0, 3.0)
    if loss == "logistic":
        Y = np.where(rng.normal(size=(n, 1)) > 0, 1.0, -1.0)
    elif loss == "softmax":
        Y = np.eye(m)[rng.integers(m, size=n)] * (1 - smooth) + smooth / m
        Y[:, -1] = 1 - Y[:, :-1].sum(1)
        Y = abs(Y)
    else:
        Y = rng.normal(size=(n, m)) * pick(0.1, 1, 1, 10)
    size = max(np.linalg.norm(X) / n**0.5, 0.3) ** -0.5
    u, v = pick((1, 1), (1, 1), (1e-2, 1e-2), (1e-6, 1e-6), (1e-2, 10), (3, 3), (0, 1))
    U, V = rng.normal(size=(D, h)) * size * u, rng.normal(size=(m, h)) * size * v
    rate = np.linalg.norm(X) ** 2 * ((U**2).sum() + (V**2).sum()) / 4 + np.linalg.norm(X) * n**0.5
    t = 10.0 ** pick(-1, 0, 0.5, 1, 1.5, 2, 3, 4) / rate
    w = pick(0, 0, 0, 1e-3, 1e-2) * rate
    return dict(loss=loss, X=X, Y=Y, U=U, V=V, t=t, w=w, delta=delta if loss == "huber" else 0.0)


def solve(c, rng):
    a, b = flow(c, c["U"], c["V"], "Radau"), None
    stiff = np.linalg.norm(c["X"], 2) ** 2 * sum((x**2).sum() for x in a + (c["U"], c["V"])) * c["t"]
    b = flow(c, c["U"], c["V"], "LSODA" if stiff > 3e4 else "DOP853")
    if b is None:
        return None
    c["end"], c["amplification"] = (a if stiff > 3e4 else b), 1.0
    for _ in range(2):
        U, V = (x + 1e-6 * abs(x).max() * rng.choice([-1, 1], x.shape) for x in (c["U"], c["V"]))
        moved = flow(c, U, V, "Radau")
        c["amplification"] = max(c["amplification"], apart(moved, a) / 1e-6)
    return c if apart(a, b) < AGREE * c["amplification"] else None


def main(count, path):
    rng, numbers = np.random.default_rng(16), []
    for loss in LOSSES:
        kept = 0
        while kept < count:
            c = solve(draw(rng, loss), rng)
            if c is None:
                continue
            kept += 1
            (n, D), (m, h) = c["X"].shape, c["V"].shape
            numbers += [LOSSES.index(loss) + 1, n, D, m, h, c["t"], c["w"], c["delta"]]
            numbers += [c["amplification"]]
            for a in (c["X"], c["Y"], c["U"], c["V"]) + tuple(c["end"]):
                numbers += list(a.ravel(order="F"))
    np.save(path, np.array(numbers)[:, None])


main(int(sys.argv[1]), sys.argv[2])
