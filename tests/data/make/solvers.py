"""Sparse codes by other libraries, for tests/jobs/sparse_goldens_test.cpp.

Needs numpy, scipy, scikit-learn and safetensors. Writes
tests/data/solvers/*.safetensors: a decoder, vectors and what scikit-learn's Lasso and orthogonal_mp and scipy's nnls make of them.
Lasso stops at a duality gap, and where atoms are equal far from the optimum: of
its answer, that of lars_path, and both solved anew on the atoms that they use,
the one of the smallest gap is taken.
"""

import pathlib
import warnings

import numpy as np
import scipy.optimize
from safetensors.numpy import save_file
from sklearn.linear_model import Lasso, lars_path, orthogonal_mp

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "solvers"
FRACTIONS = (0.3, 0.1, 0.02)
ATOMS = 6


def decoders(rng):
    wide = rng.standard_normal((96, 24))
    tall = rng.standard_normal((12, 24))
    alike = rng.standard_normal((64, 16)) + 1.5 * rng.standard_normal(16)
    doubled = rng.standard_normal((40, 16))
    # By powers of two: the unit rows are equal to the last bit.
    doubled[20:] = doubled[:20] * rng.choice([0.5, 2], (20, 1))
    doubled[30:] *= -1
    opposing = np.abs(rng.standard_normal((30, 12)))
    return {"wide": wide, "tall": tall, "alike": alike, "doubled": doubled,
            "opposing": opposing}


def vectors(name, W, rng):
    d = W.shape[1]
    planted = np.zeros((2, len(W)))
    for row in planted:
        row[rng.choice(len(W), 4, replace=False)] = rng.standard_normal(4) * 2
    v = np.concatenate([rng.standard_normal((3, d)), planted @ W,
                        np.zeros((1, d))])
    if name == "opposing":
        v[0] = -np.abs(v[0])  # every slope is negative
    return v


def gap(U, v, w, lam, positive):
    """The duality gap as a share of the objective."""
    rest = v - w @ U
    slopes = U @ rest
    steep = slopes.max() if positive else np.abs(slopes).max()
    dual = rest * min(1, lam / steep)
    objective = 0.5 * rest @ rest + lam * np.abs(w).sum()
    return (objective - v @ dual + 0.5 * dual @ dual) / objective


def exact(U, v, w, lam):
    """Solved on the atoms that w uses, with its signs."""
    used = np.flatnonzero(np.abs(w) > 1e-10)
    A = U[used]
    signs = np.sign(w[used])
    solved = np.zeros_like(w)
    solved[used] = np.linalg.lstsq(A @ A.T, A @ v - lam * signs,
                                   rcond=1e-12)[0]
    return solved if (solved[used] * signs >= 0).all() else w


def lasso(U, v, fraction, positive):
    c = U @ v
    lam = fraction * max(0, (c if positive else np.abs(c)).max())
    if lam == 0:
        return np.zeros(len(U)), lam
    model = Lasso(alpha=lam / len(v), fit_intercept=False, positive=positive,
                  tol=1e-14, max_iter=200_000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(U.T, v)
        path = lars_path(U.T, v, alpha_min=lam / len(v), method="lasso",
                         positive=positive)[2][:, -1]
    tries = [w for found in (model.coef_, path)
             for w in (found, exact(U, v, found, lam))]
    gaps = [gap(U, v, w, lam, positive) for w in tries]
    best = int(np.argmin(gaps))
    assert gaps[best] < 1e-11, gaps
    return tries[best], lam


def main():
    FOLDER.mkdir(exist_ok=True)
    rng = np.random.default_rng(20)
    for name, W in decoders(rng).items():
        W = W.astype(np.float32).astype(np.float64)
        U = W / np.linalg.norm(W, axis=1, keepdims=True)
        V = vectors(name, W, rng)
        out = {"decoder": W.astype(np.float32), "vectors": V}
        for positive in (False, True):
            kind = "lasso_positive" if positive else "lasso"
            for fraction in FRACTIONS:
                fits = [lasso(U, v, fraction, positive) for v in V]
                W_hat = np.stack([w for w, _ in fits])
                lam = np.array([one for _, one in fits])
                rest = V - W_hat @ U
                key = f"{kind}_{fraction}"
                out[key + ".reconstruction"] = W_hat @ U
                out[key + ".objective"] = (
                    0.5 * (rest**2).sum(1) + lam * np.abs(W_hat).sum(1))
        fitted = np.stack([scipy.optimize.nnls(U.T, v, maxiter=10000)[0]
                           for v in V])
        out["nnls.reconstruction"] = fitted @ U
        out["nnls.objective"] = 0.5 * ((V - fitted @ U)**2).sum(1)
        most = min(ATOMS, len(U))
        pursued = np.stack([
            orthogonal_mp(U.T, v, n_nonzero_coefs=most) if v.any()
            else np.zeros(len(U)) for v in V[:3]])
        out["omp.codes"] = pursued
        save_file(out, str(FOLDER / f"{name}.safetensors"))


if __name__ == "__main__":
    main()
