"""The answers of notebook 03 are below, with the mistakes that are made in them.

Close this file until you have written your own: the notebook's check tells you more.
An edit, `old -> new`, makes a mistake of the right answer; under it is what is said.
"""

import numpy as np

from classroom.mistakes import exercise, on_paper, plot
from notebooks.exercises import steps
from utils.descent import descend
from utils.optimizers import Momentum


@exercise(
    "theta, v",
    "From rest, the first step is that of gradient descent",
    cases=steps.cases("theta gradient m lr beta"),  # like m, v has a sign
    numbers=steps.first_step,
)
def heavy_ball(theta, gradient, v, lr, beta):
    """Take one step of momentum with v = beta v + g (Polyak's heavy ball).

    + gradient -> + (1 - beta) * gradient
        that is the other convention, v = βv + (1 - β)g: your first v is {ratio:.3g}
        times the gradient, which is 1 - β
    theta - lr -> theta + lr
        the sign is flipped: your step climbs
    lr * v -> lr * (gradient + beta * v)
        that is Nesterov's look-ahead: the heavy ball moves by ηv, not by η(g + βv)
    v = beta * v -> old, v = v, beta * v
    lr * v -> lr * old
        θ moves by the old v: your first step is {step:.3g}, so update v before θ
    beta * v + gradient -> v + beta * gradient
        β multiplies the gradient: it is the old v that fades, βv + g
    beta * v + gradient -> gradient
        the old v is forgotten: v = g is plain gradient descent
    beta * v + gradient -> v + gradient
        β is missing: nothing fades, and v is the sum of all gradients
    + gradient -> + lr * gradient
    lr * v -> v
        η is inside v: the same path while η is constant, but v = βv + g is asked for
    + gradient -> - lr * gradient
    - lr * v -> + v
        your v is -ηv: the same path while η is constant, but v = βv + g is asked for
    lr * v -> v
        η is missing: θ moves by ηv, and yours by v
    lr * v -> lr * gradient
        v is not used: θ moves by ηv, and yours by ηg
    + gradient -> - gradient
    - lr * v -> + lr * v
        your v is -v: the same path, but v = βv + g is asked for
    + gradient -> + lr * gradient
        η is used twice: it belongs to the step of θ, and not to v as well
    beta * v + gradient -> (1 - beta) * v + beta * gradient
        the factors are 1 - β of the old v and β of g: βv + g is asked for
    theta - lr * v -> lr * v
        that is the step alone: subtract it from θ, and return the new θ
    theta - lr * v -> theta - lr * gradient + beta * v
        η is missing before βv, and its sign is wrong: θ moves by ηv
    beta * v + gradient -> beta * v + lr * (1 - beta) * gradient
    lr * v -> v
        η and 1 - β are inside v: v = βv + g is asked for
    beta * v + gradient -> (1 - beta) * v + gradient
        v fades by 1 - β: the factor of the old v is β
    beta * v + gradient -> beta * v - gradient
        the gradient is subtracted in v: v = βv + g, and θ goes against v
    beta * v + gradient -> beta * (v + gradient)
        β multiplies the gradient too: only the old v fades, βv + g
    """
    v = beta * v + gradient
    theta = theta - lr * v
    return theta, v


@on_paper(
    "beta",
    "The root of {right:.4g} is what is left of the error after each step",
    (49.0,),
    within=0.005,
)
def best_beta(kappa):
    """Work out the momentum of the lowest bar that fits, for this condition number.

    ** 2 ->
        the square is missing: that is √β, by which the error shrinks
    np.sqrt(kappa) -> kappa
        κ stands in place of √κ: take the root of both sides before you solve
    np.sqrt(kappa) -> kappa
    ** 2 ->
        that is gradient descent: its shrink factor is (κ - 1)/(κ + 1)
    root - 1 -> root + 1
    / (root + 1) -> / (root - 1)
        the fraction is upside down: β is below 1
    ((root - 1) / (root + 1)) ** 2 -> (root + 1) / (root - 1)
        the fraction is upside down: β is below 1
    ((root - 1) / (root + 1)) ** 2 -> (1 - root) / (root + 1)
        that is -√β: √β is (√κ - 1)/(√κ + 1), and β the square of it
    np.sqrt(kappa) -> np.sqrt(np.sqrt(kappa))
        the root is taken twice: √κ stands in the fraction
    ((root - 1) / (root + 1)) ** 2 -> 4 / (root + 1) ** 2
        that is η for L = κ and μ = 1: β is asked for
    ((root - 1) / (root + 1)) ** 2 -> 4 * kappa / (root + 1) ** 2
        that is η for L = 1 and μ = 1/κ: β is asked for
    ((root - 1) / (root + 1)) ** 2 -> 1 - 1 / kappa
        that is what gradient descent leaves with η = 1/L: momentum has √κ
    ((root - 1) / (root + 1)) ** 2 -> 1 - 1 / root
        that is 1 - 1/√κ: solve the two equations exactly, then square
    ((root - 1) / (root + 1)) ** 2 -> (1 - 1 / root) ** 2
        that is (1 - 1/√κ)²: solve the two equations exactly
    ((root - 1) / (root + 1)) ** 2 -> 1 - 2 / root
        that is only about √β: solve the two equations exactly, then square
    ((root - 1) / (root + 1)) ** 2 -> 1 / root
        1/√κ is not β: solve the two equations for √β, then square
    ((root - 1) / (root + 1)) ** 2 -> 2 / (root + 1)
        that is 1 - √β: go on to β
    ((root - 1) / (root + 1)) ** 2 -> 1 - ((root - 1) / (root + 1)) ** 2
        that is 1 - β: β itself is asked for
    ((root - 1) / (root + 1)) ** 2 -> 1 / kappa
        1/κ is not β: solve the two equations for √β, then square
    np.sqrt(kappa) -> 10.0
        that is β for κ = 100: take the κ of this exercise
    ** 2 -> ** 0.5
        a root is taken where the square belongs: (√κ - 1)/(√κ + 1) is √β
    (root - 1) / (root + 1) -> root - 1 / root + 1
        brackets are missing: √κ - 1 and √κ + 1 are divided, each as a whole
    """
    root = np.sqrt(kappa)
    return ((root - 1) / (root + 1)) ** 2


@plot(
    "x, y, log x, log y",
    "For large κ the slope is ½: a hundred times the κ, ten times the rise",
    cases=[(np.array([10.0, 100.0, 1000.0]),), (np.array([4.0, 50.0, 9000.0]),)],
)
def plot_rise(ax, kappas):
    """Draw how high the error rises with Polyak's pair, against κ, log-log.

    error.max(axis=0) / error[0] -> error.max(axis=0)
        it is not divided by the start: the first error is √2
    np.hypot(path[..., 0], path[..., 1]) -> np.abs(path[..., 1])
        that is the steep direction alone: the error is the length of (θ₁, θ₂)
    np.hypot(path[..., 0], path[..., 1]) -> np.abs(path[..., 0])
        nothing rises: take both directions, Polyak's η and β, and v = βv + g
    np.hypot(path[..., 0], path[..., 1]) -> path[..., 1]
        that is θ₂ with its sign: the error is the length of (θ₁, θ₂)
    np.hypot(path[..., 0], path[..., 1]) -> path[..., 0] + path[..., 1]
        θ₁ and θ₂ are added: the length is the root of the sum of their squares
    np.hypot(path[..., 0], path[..., 1]) -> np.abs(path[..., 0]) + np.abs(path[..., 1])
        the sizes are added: the length is the root of the sum of the squares
    np.hypot(path[..., 0], path[..., 1]) -> path[..., 0] ** 2 + path[..., 1] ** 2
        that is the square of the error: take the root
    np.hypot(path[..., 0], path[..., 1]) -> (curvature * path**2).sum(axis=-1)
        that is the cost: the error is the distance to the minimum
    ((root - 1) / (root + 1)) ** 2 -> (root - 1) / (root + 1)
        β is not squared: that is √β
    4 / (root + 1) ** 2 -> 4 / (root + 1)
        the square is missing in η: every walk diverges
    error.max(axis=0) / error[0] -> error[-1] / error[0]
        that is the error at the end, the lowest: the highest on the way is asked for
    error.max(axis=0) / error[0] -> error[1] / error[0]
        that is the error after one step: the highest on the way is asked for
    error.max(axis=0) / error[0] -> error.mean(axis=0) / error[0]
        that is the mean on the way: the highest is asked for
    error.max(axis=0) / error[0] -> error.argmax(axis=0)
        that is the step at which it is highest: how high is asked for
    error.max(axis=0) / error[0] -> np.abs(path[..., 1]).max(axis=0) / error[0]
        that is the steep direction alone: the error is the length of (θ₁, θ₂)
    error.max(axis=0) / error[0] -> error.max(axis=0) - error[0]
        that is a difference: as a multiple of the first error, it is divided by it
    beta[:, None] ->
        β is the default of utils: Polyak's β belongs to his η
    error.max(axis=0) / error[0] -> error[0] / error.max(axis=0)
        the fraction is upside down: the highest over the first
    rule, 400 -> rule, 10
        the walk is too short: after 10 steps the error still rises
    rule, 400 -> rule, 20
        the walk is too short: after 20 steps the error still rises, where κ is large
    error = np.hypot(path[..., 0], path[..., 1]) -> error = np.hypot(*path[1:].T).T
        the start is left out: the first error is that of (1, 1), before any step
    ax.loglog(kappas, rise) -> ax.loglog(kappas, root)
        that is √κ itself: draw how high the error rises
    ax.loglog(kappas, rise) -> ax.loglog(root, rise)
        the x axis is √κ: κ itself is asked for
    ax.loglog( -> ax.plot(
        both axes are linear: draw with ax.loglog
    ax.loglog( -> ax.semilogx(
        the y axis is linear: draw with ax.loglog
    ax.loglog( -> ax.semilogy(
        the x axis is linear: draw with ax.loglog
    """
    root = np.sqrt(kappas)
    lr, beta = 4 / (root + 1) ** 2, ((root - 1) / (root + 1)) ** 2
    curvature = np.stack([np.ones_like(kappas), kappas], axis=-1)
    rule = Momentum(lr[:, None], beta[:, None])
    path = descend(lambda theta, t: curvature * theta, np.ones(2), rule, 400)
    error = np.hypot(path[..., 0], path[..., 1])
    rise = error.max(axis=0) / error[0]
    ax.loglog(kappas, rise)
