"""spec/numpy/table.py DIR: the left column of docs/numpy.md, computed by NumPy, against linnet's.

DIR holds A.npy, B.npy, S.npy, v.npy, w.npy; pairs.txt with a line "number, kind, code" for each entry
of the table; number.npy (or number.txt, integers) with linnet's result, as spec/house/numpy_spec.lua
writes them. Kinds: value (equal to round-off), shape (the shape alone), words (integers, to the bit).
A statement is judged by what it leaves in A and s. Prints one line per difference, then
"compared N". SPDX-License-Identifier: MIT
"""
import os
import sys
import types

import numpy as np

try:
    import scipy.linalg
except ImportError:  # expm of a symmetric matrix is all the table asks for
    def expm(S):
        values, Q = np.linalg.eigh(S)
        return (Q * np.exp(values)) @ Q.T

    scipy = types.SimpleNamespace(linalg=types.SimpleNamespace(expm=expm))


def evaluate(code, names):
    try:
        return eval(code, names)
    except SyntaxError:
        names.pop("s", None)
        exec(code, names)
        return names["s"] if "s" in names else names["A"]


def differs(got, want, kind):
    got, want = np.asarray(got), np.asarray(want)
    if kind == "words":
        return not np.array_equal(got, want.astype(np.uint64).view(np.int64))
    want = want.astype(float)
    if want.ndim == 2 and got.shape != want.shape or got.size != want.size:
        return f"shape {got.shape}, NumPy {want.shape}"
    if kind == "shape":
        return False
    error = np.abs(got.ravel() - want.ravel()).max()
    return error > 1e-12 * np.abs(want).max() and f"off by {error:.3g}"


def main():
    names = {"np": np, "scipy": scipy, "rng": np.random.default_rng(1)}
    for name in "ABSvw":
        names[name] = np.load(name + ".npy")
    names["v"], names["w"] = names["v"].ravel(), names["w"].ravel()
    compared = 0
    for line in open("pairs.txt"):
        number, kind, code = line.rstrip("\n").split("\t")
        want = evaluate(code, names)
        if want is None:
            continue
        got = np.loadtxt(number + ".txt", dtype=np.int64) if kind == "words" else np.load(number + ".npy")
        compared += 1
        wrong = differs(got, want, kind)
        if wrong:
            print(f"{code}: {wrong}")
    print(f"compared {compared}")


os.chdir(sys.argv[1])
main()
