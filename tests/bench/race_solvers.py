#!/usr/bin/env python3
"""race_solvers.py FOLDER D_SAE D_IN VECTORS METHOD...

Times scikit-learn's Lasso and orthogonal_mp and scipy's nnls on what
`bench_solvers ... --write FOLDER` left there, on the first VECTORS vectors, and
sets their objectives beside ours. METHOD is omp:K, nnls, lasso:X or
lasso-positive:X. Threads are those of OPENBLAS_NUM_THREADS and OMP_NUM_THREADS.
"""

import sys
import time
import warnings

import numpy as np
import scipy
import scipy.optimize
import sklearn
from sklearn.linear_model import Lasso, orthogonal_mp


def objective(U, v, w, lam):
    rest = v - w @ U
    return 0.5 * rest @ rest + lam * np.abs(w).sum()


def solve(method, U, v, lam):
    """The codes of a method's peers, by the peer's name."""
    name, _, parameter = method.partition(":")
    if name == "omp":
        yield "orthogonal_mp", lambda: orthogonal_mp(
            U.T, v, n_nonzero_coefs=int(parameter))
    elif name == "nnls":
        yield "nnls", lambda: scipy.optimize.nnls(U.T, v)[0]
    else:
        for tol in (1e-4, 1e-9):
            yield f"Lasso, tol {tol}", lambda tol=tol: Lasso(
                alpha=lam / len(v), fit_intercept=False, tol=tol,
                positive=name == "lasso-positive", max_iter=100_000,
                copy_X=False).fit(U.T, v).coef_


def main():
    folder, d_sae, d_in, n = sys.argv[1], *map(int, sys.argv[2:5])
    U = np.fromfile(f"{folder}/decoder.f32", np.float32).reshape(d_sae, d_in)
    U = U.astype(np.float64)
    U /= np.linalg.norm(U, axis=1, keepdims=True)
    vectors = np.fromfile(f"{folder}/vectors.f64").reshape(-1, d_in)
    print(f"numpy {np.__version__}, scipy {scipy.__version__}, "
          f"scikit-learn {sklearn.__version__}")
    for method in sys.argv[5:]:
        ours = np.fromfile(f"{folder}/{method}.objective.f64")
        lam = (np.fromfile(f"{folder}/{method}.lambda.f64")
               if "lasso" in method else np.zeros(len(ours)))
        for i in range(n):
            for peer, run in solve(method, U, vectors[i], lam[i]):
                start = time.perf_counter()
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    w = run()
                seconds = time.perf_counter() - start
                reached = objective(U, vectors[i], w, lam[i])
                print(f"{method:<20} {peer:<16} vector {i}: {seconds:8.2f} s, "
                      f"objective {reached:.15g}, ours {ours[i]:.15g}, "
                      f"theirs less ours {reached - ours[i]:.2g}", flush=True)


if __name__ == "__main__":
    main()
