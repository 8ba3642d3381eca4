"""The answers of notebook 03 are below, with the mistakes that are made in them.

Close this file until you have written your own: the notebook's check tells you more.
An edit, `old -> new`, makes a mistake of the right answer; under it is what is said.
"""

import itertools

import numpy as np

from notebooks.exercises import steps
from utils.checks import exercise


@exercise(
    "theta, v",
    "From rest, the first step is that of gradient descent",
    cases=steps.drawn("theta gradient v lr beta"),
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


@exercise(
    "learning rate",
    "At β = 0.9 the two conventions are a factor 10 apart",
    cases=[*itertools.product([0.1, 0.03], [0.9, 0.6, 0.99])],
)
def convert_lr(lr, beta):
    """Translate a learning rate from v = beta v + g to v = beta v + (1 - beta) g.

    lr / (1 - beta) -> lr * (1 - beta)
        that is the way back: the other v is 1 - β times as long, so η must be larger
    lr / (1 - beta) -> lr
        nothing is converted: with the same η each step is {ratio:.3g} times as long
    lr / (1 - beta) -> lr * 10
        that is the factor at β = 0.9: for any β it is 1/(1 - β)
    lr / (1 - beta) -> lr / (1 - beta**2)
        β is squared: the two v differ by 1 - β
    lr / (1 - beta) -> lr / (1 - beta) ** 2
        1 - β is squared: the two v differ by 1 - β
    lr / (1 - beta) -> lr / (1 - beta) ** 0.5
        there is a root too many: the two v differ by 1 - β
    lr / (1 - beta) -> lr / beta
        the factor is not 1/β: the two v differ by 1 - β
    lr / (1 - beta) -> lr * beta
        the factor is not β: the two v differ by 1 - β
    lr / (1 - beta) -> lr * beta / (1 - beta)
        there is a β too many: the newest g has the weights 1 and 1 - β in the two v
    lr / (1 - beta) -> 1 / (1 - beta)
        that is the factor: multiply η by it
    lr / (1 - beta) -> lr / 1 - beta
        brackets are missing: lr / 1 - beta subtracts β
    """
    return lr / (1 - beta)


@exercise(
    "beta",
    "The error then shrinks by √β = (√κ - 1)/(√κ + 1) in a step",
    cases=[(4.0,), (10.0,), (100.0,), (2500.0,)],
)
def best_beta(kappa):
    """Return the momentum that is fastest on a quadratic of this condition number.

    ** 2 ->
        the square is missing: {got:.3g} is √β at κ = 4, by which the error shrinks
    np.sqrt(kappa) -> kappa
        κ stands in place of √κ: the root is all that momentum gains
    np.sqrt(kappa) -> kappa
    ** 2 ->
        that is the rate of gradient descent, (κ - 1)/(κ + 1): momentum has √κ, squared
    np.sqrt(kappa) - 1 -> np.sqrt(kappa) + 1
    / (np.sqrt(kappa) + 1) -> / (np.sqrt(kappa) - 1)
        the fraction is upside down: your β is {got:.3g} at κ = 4, not below 1
    ((np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)) ** 2 -> 4 / (np.sqrt(kappa) + 1) ** 2
        that is η* for L = κ and μ = 1: β is asked for
    ((np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)) ** 2 -> 1 - 1 / kappa
        that is the rate of gradient descent with η = 1/L: momentum has √κ
    ((np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)) ** 2 -> 1 - 1 / np.sqrt(kappa)
        that is only about √β: solve the two equations exactly, then square
    ((np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)) ** 2 -> (1 - 1 / np.sqrt(kappa)) ** 2
        that is only about β, for large κ: solve the two equations exactly
    np.sqrt(kappa) -> (kappa**1 / 2)
        κ ** 1 / 2 is half of κ: the root is κ ** (1 / 2)
    ** 2 -> ** 0.5
        the root is taken once more: it is √β that you have, so square it
    np.sqrt(kappa) -> kappa**2
        κ is squared: take its root
    ((np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)) ** 2 -> 1 / np.sqrt(kappa)
        1/√κ is not β: solve the two equations for √β, then square
    ((np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)) ** 2 -> 1 - 2 / np.sqrt(kappa)
        that is only about √β: solve the two equations exactly, then square
    """
    return ((np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)) ** 2
