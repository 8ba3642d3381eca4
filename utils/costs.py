"""Costs: landscapes J(theta) to walk on, each with its gradient, minima and view.

J = costs.rosenbrock()
J(theta)              # (*runs, P) -> (*runs,)
J.gradient(theta)     # (*runs, P) -> (*runs, P)
"""

from collections.abc import Callable
from dataclasses import dataclass
from gettext import gettext as _

import numpy as np

from utils.refusals import refusal


@dataclass(frozen=True, eq=False)
class Landscape:
    """A cost J(theta), with what is needed to draw it and to walk on it.

    value       function (*runs, P) -> (*runs,)
    derivative  its gradient, (*runs, P) -> (*runs, P)
    start       a good place to start from, (P,)
    minima      the known minima, (M, P)
    view        where to look: (low, high) along each axis, (P, 2)

    Raises ValueError for a theta with another number of parameters.

    >>> bowl = Landscape(
    ...     "bowl",
    ...     value=lambda theta: (theta**2).sum(axis=-1),
    ...     derivative=lambda theta: 2 * theta,
    ...     start=[3, 4],
    ...     minima=[[0, 0]],
    ...     view=[[-5, 5], [-5, 5]],
    ... )
    >>> print(bowl(bowl.start), bowl.gradient(bowl.start))
    25.0 [6. 8.]
    """

    name: str
    value: Callable
    derivative: Callable
    start: np.ndarray
    minima: np.ndarray
    view: np.ndarray

    def __post_init__(self):
        for name in "start", "minima", "view":  # frozen: not by assignment
            object.__setattr__(self, name, np.array(getattr(self, name), float))

    @np.errstate(all="ignore")  # far out the cost is inf: to be shown, not warned about
    def __call__(self, theta):
        return self.value(self._checked(theta))

    def gradient(self, theta, t=None):
        """Return the exact gradient; t is ignored: it is the same at every step."""
        return self.derivative(self._checked(theta))

    def _checked(self, theta):
        theta = np.asarray(theta)
        if theta.shape[-1:] != self.start.shape:
            values = {"shape": theta.shape, "name": self.name, "count": len(self.start)}
            raise refusal(
                "theta has shape {shape}: {name} has {count} parameters, so the last "
                "axis must be {count}; try theta={start}.",
                values | {"start": self.start.tolist()},
            )
        return theta


def rotation(degrees):
    """Return the 2 x 2 matrix that turns a column by an angle, counter-clockwise.

    >>> (rotation(90) @ [1, 0]).round(12)
    array([0., 1.])
    """
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.array([[c, -s], [s, c]])


def quadratic(kappa=10.0, angle=0.0):
    """A ravine: theta^T H theta / 2, H with eigenvalues 1 and kappa, turned by `angle`.

    The angle is in degrees: at 0 the first axis is the flat one.  kappa is the
    condition number; the minimum is 0 at the origin.  Raises ValueError for kappa < 1.

    >>> quadratic(kappa=100)([[1.0, 0.0], [0.0, 1.0]])
    array([ 0.5, 50. ])
    """
    if not (np.isfinite(kappa) and kappa >= 1):
        raise refusal(
            "kappa={kappa!r}: a condition number is a finite number, 1 or more; "
            "try kappa=10.",
            {"kappa": kappa},
        )
    axes = rotation(angle)
    hessian = axes * [1, kappa] @ axes.T
    return Landscape(
        _("ravine, κ = {kappa:g}").format(kappa=kappa),
        lambda theta: (theta @ hessian * theta).sum(axis=-1) / 2,
        lambda theta: theta @ hessian,
        start=axes @ [-2, 0.6],
        minima=[[0, 0]],
        view=[[-2.5, 2.5], [-1.5, 1.5]],
    )


def rosenbrock():
    """The banana valley (1 - x)^2 + 100 (y - x^2)^2  (Rosenbrock 1960).

    >>> J = rosenbrock()
    >>> print(J([1, 1]), J.gradient([0, 0]))
    0 [-2  0]
    """

    def slope(theta):
        x, y = theta[..., 0], theta[..., 1]
        across = 200 * (y - x**2)
        return np.stack([2 * (x - 1) - 2 * x * across, across], axis=-1)

    return Landscape(
        "Rosenbrock",
        lambda theta: (
            (1 - theta[..., 0]) ** 2 + 100 * (theta[..., 1] - theta[..., 0] ** 2) ** 2
        ),
        slope,
        start=[-1.2, 1],
        minima=[[1, 1]],
        view=[[-2, 2], [-1, 3]],
    )


def double_well(tilt=0.3):
    """Two valleys on a line: (x^2 - 1)^2 + tilt x, the left one deeper.

    The minima are the outer roots of 4 x^3 - 4 x + tilt.  Raises ValueError unless
    0 <= tilt < 1.5: further on there is one valley.

    >>> double_well(tilt=0)([[-1], [0], [1]])
    array([0, 1, 0])
    """
    if not 0 <= tilt < 1.5:
        raise refusal(
            "tilt={tilt!r}: from 8/(3 sqrt(3)) = 1.54 on there is one valley only, so "
            "a tilt lies in [0, 1.5); try tilt=0.3.",
            {"tilt": tilt},
        )
    left, right = np.sort(np.roots([4, 0, -4, tilt]).real)[[0, 2]]
    return Landscape(
        _("double well"),
        lambda theta: (theta[..., 0] ** 2 - 1) ** 2 + tilt * theta[..., 0],
        lambda theta: 4 * theta * (theta**2 - 1) + tilt,
        start=[1.5],
        minima=[[left], [right]],
        view=[[-1.8, 1.8]],
    )


def saddle():
    """A pass: (x^2 - y^2) / 2, down to -infinity along y; it has no minimum.

    >>> saddle()([[2, 0], [0, 2]])
    array([ 2., -2.])
    """
    return Landscape(
        _("saddle"),
        lambda theta: (theta[..., 0] ** 2 - theta[..., 1] ** 2) / 2,
        lambda theta: theta * [1, -1],
        start=[-1.5, 0.01],
        minima=np.zeros((0, 2)),
        view=[[-2, 2], [-1.5, 1.5]],
    )
