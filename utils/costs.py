"""Costs: landscapes J(theta) to walk on, each with its gradient, minima and view.

J = costs.rosenbrock()
J(theta)              # (*runs, P) -> (*runs,)
J.gradient(theta)     # (*runs, P) -> (*runs, P)
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Landscape:
    """A cost with what is needed to draw it and to walk on it.

    value     function (*runs, P) -> (*runs,)
    slope     its gradient, (*runs, P) -> (*runs, P)
    start     a good place to start from, (P,)
    minima    the known minima, (M, P)
    view      where to look: (low, high) along each axis, (P, 2)
    """

    name: str
    value: Callable
    slope: Callable
    start: np.ndarray
    minima: np.ndarray
    view: np.ndarray

    @np.errstate(all="ignore")  # far out the cost is inf: to be shown, not warned about
    def __call__(self, theta):
        return self.value(self._checked(theta))

    def gradient(self, theta, t=None):
        """Return the exact gradient; t is ignored: it is the same at every step."""
        return self.slope(self._checked(theta))

    def _checked(self, theta):
        theta = np.asarray(theta)
        if theta.shape[-1:] != self.start.shape:
            raise ValueError(
                f"theta has shape {theta.shape}: {self.name} has {len(self.start)} "
                f"parameters, so the last axis must be {len(self.start)}; "
                f"try theta={self.start.tolist()}."
            )
        return theta


def _landscape(name, value, slope, start, minima, view):
    arrays = (np.array(array, float) for array in (start, minima, view))
    return Landscape(name, value, slope, *arrays)


def quadratic(kappa=10.0, angle=0.0):
    """A ravine: theta^T H theta / 2, H with eigenvalues 1 and kappa, turned by `angle`.

    The angle is in degrees: at 0 the first axis is the flat one.  kappa is the
    condition number, 1 or more; the minimum is 0 at the origin.
    """
    if not (np.isfinite(kappa) and kappa >= 1):
        raise ValueError(
            f"kappa={kappa!r}: a condition number is a finite number, 1 or more; "
            "try kappa=10."
        )
    turn = np.deg2rad(angle)
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    hessian = axes * [1, kappa] @ axes.T
    return _landscape(
        f"ravine, κ = {kappa:g}",
        lambda theta: (theta @ hessian * theta).sum(axis=-1) / 2,
        lambda theta: theta @ hessian,
        start=axes @ [-2, 0.6],
        minima=[[0, 0]],
        view=[[-2.5, 2.5], [-1.5, 1.5]],
    )


def rosenbrock():
    """The banana valley (1 - x)^2 + 100 (y - x^2)^2  (Rosenbrock 1960)."""

    def slope(theta):
        x, y = theta[..., 0], theta[..., 1]
        across = 200 * (y - x**2)
        return np.stack([2 * (x - 1) - 2 * x * across, across], axis=-1)

    return _landscape(
        "Rosenbrock",
        lambda theta: (
            (1 - theta[..., 0]) ** 2 + 100 * (theta[..., 1] - theta[..., 0] ** 2) ** 2
        ),
        slope,
        start=[-1.2, 1],
        minima=[[1, 1]],
        view=[[-2, 2], [-1, 3]],
    )


def himmelblau():
    """Four equal minima: (x^2 + y - 11)^2 + (x + y^2 - 7)^2  (Himmelblau 1972)."""

    def parts(theta):
        x, y = theta[..., 0], theta[..., 1]
        return x, y, x**2 + y - 11, x + y**2 - 7

    def value(theta):
        _, _, a, b = parts(theta)
        return a**2 + b**2

    def slope(theta):
        x, y, a, b = parts(theta)
        return np.stack([4 * x * a + 2 * b, 2 * a + 4 * y * b], axis=-1)

    return _landscape(
        "Himmelblau",
        value,
        slope,
        start=[-0.5, -1],
        minima=[
            [3, 2],
            [-2.8051180869527448, 3.1313125182505730],
            [-3.7793102533777469, -3.2831859912861694],
            [3.5844283403304917, -1.8481265269644036],
        ],
        view=[[-5, 5], [-5, 5]],
    )


def double_well(tilt=0.3):
    """Two valleys on a line: (x^2 - 1)^2 + tilt x, for 0 <= tilt < 1.5.

    A tilt makes the left one deeper.  The minima are the outer roots of
    4 x^3 - 4 x + tilt.
    """
    if not 0 <= tilt < 1.5:
        raise ValueError(
            f"tilt={tilt!r}: from 8/(3 sqrt(3)) = 1.54 on there is one valley only, so "
            "a tilt lies in [0, 1.5); try tilt=0.3."
        )
    left, _, right = np.sort(np.roots([4, 0, -4, tilt]).real)
    return _landscape(
        "double well",
        lambda theta: (theta[..., 0] ** 2 - 1) ** 2 + tilt * theta[..., 0],
        lambda theta: 4 * theta * (theta**2 - 1) + tilt,
        start=[1.5],
        minima=[[left], [right]],
        view=[[-1.8, 1.8]],
    )


def saddle():
    """A pass: (x^2 - y^2) / 2, down to -infinity along y; it has no minimum."""
    return _landscape(
        "saddle",
        lambda theta: (theta[..., 0] ** 2 - theta[..., 1] ** 2) / 2,
        lambda theta: theta * [1, -1],
        start=[-1.5, 0.01],
        minima=np.zeros((0, 2)),
        view=[[-2, 2], [-1.5, 1.5]],
    )


def plateau():
    """A funnel in a plain: 1 - exp(-r^2 / 2), with next to no gradient far out."""

    def bell(theta):
        return np.exp(-(theta**2).sum(axis=-1) / 2)

    return _landscape(
        "plateau",
        lambda theta: 1 - bell(theta),
        lambda theta: theta * bell(theta)[..., None],
        start=[-3, 2],
        minima=[[0, 0]],
        view=[[-4, 4], [-3, 3]],
    )


def wiggly(amplitude=0.2, wavelength=0.1):
    """A parabola with ripples: x^2 + amplitude cos(2 pi x / wavelength).

    As in Liu 2024, arXiv:2406.13971.  Convex, with one minimum, at 0, while
    amplitude (2 pi / wavelength)^2 <= 2; beyond, a comb of local minima, none listed.
    """
    if not (np.isfinite(amplitude) and 0 < wavelength < np.inf):
        raise ValueError(
            f"amplitude={amplitude!r}, wavelength={wavelength!r}: both are finite, and "
            "a wavelength is above 0; try amplitude=0.2, wavelength=0.1."
        )
    k = 2 * np.pi / wavelength
    return _landscape(
        "wiggly parabola",
        lambda theta: theta[..., 0] ** 2 + amplitude * np.cos(k * theta[..., 0]),
        lambda theta: 2 * theta - amplitude * k * np.sin(k * theta),
        start=[1],
        minima=np.zeros((int(amplitude * k**2 <= 2), 1)),
        view=[[-1.5, 1.5]],
    )
