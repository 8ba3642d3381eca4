"""The answers of notebook 05 are below, with the mistakes that are made in them.

Close this file until you have written your own: the notebook's check tells you more.
An edit, `old -> new`, makes a mistake of the right answer; under it is what is said.
"""

import numpy as np

from notebooks.exercises import steps
from utils.checks import compare, exercise
from utils.slips import function_of


@exercise(
    "theta, m, v",
    "Your first step is {step:.3g} η, whatever the size of the gradient",
    cases=steps.drawn("theta gradient m v t lr beta1 beta2 eps"),
    also=steps.scaling("m_hat", "v_hat") + steps.MOMENTS,
    numbers=steps.first_step,
)
def adam_step(theta, gradient, m, v, t, lr, beta1, beta2, eps):
    """Take step t = 1, 2, ... of Adam; m and v are the moving averages of g and g^2.

    m / (1 - beta1**t) -> m
    v / (1 - beta2**t) -> v
        there is no bias correction: your first step is {step:.3g} η, and 1 η is right
    v / (1 - beta2**t) -> v
        √v stands in place of √v̂, so that only m is corrected: your first step is
        {step:.3g} η, and 1 η is right
    v = beta2 * v -> old, v = v, beta2 * v
    v / (1 -> old / (1
        the step uses the old v: at the first step that is 0
    return theta, m, v -> return theta, m_hat, v_hat
        the correction is written back into m and v: return them as they were, or it
        piles up step by step
    m_hat / (np.sqrt(v_hat) + eps) -> m_hat / (np.sqrt(v) + eps) * (1 - beta2**t) ** 0.5
        ε is added before v is corrected, as Keras does: it belongs to √v̂
    np.sqrt(v_hat) -> np.sqrt(v) / (1 - beta2**t)
        the correction of v is outside the root: it is √(v / (1 - βᵗ))
    lr * m_hat -> lr * gradient
        m̂ is not used: the step goes along the gradient, and should along m̂
    lr * m_hat -> lr * (beta1 * m_hat + (1 - beta1) * gradient / (1 - beta1**t))
        that is Nadam, which looks ahead: Adam's step goes along m̂
    v = beta2 * v + (1 - beta2) * gradient**2 -> v = np.maximum(beta2 * v, gradient**2)
        v keeps a maximum: that of Adam is an average
    """
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta, m, v


@exercise(
    "corrected average",
    "At t = 1 it divides by 1 - β: the average of one value is that value",
    cases=[
        *((np.array([0.1, -0.3]), 0.9, t) for t in (1, 2, 10)),
        (np.arange(5.0), 0.6, 3),
        (np.array([0.001, 2], np.float32), 0.99, 5),
    ],
)
def bias_correction(average, beta, t):
    """Correct a moving average that started at 0, after t = 1, 2, ... values.

    beta**t -> beta * t
        t multiplies β: βᵗ is a power
    (1 - beta**t) -> beta**t
        the divisor is not βᵗ: it is 1 - βᵗ, the sum of the weights so far
    / (1 -> * (1
        you multiply by 1 - βᵗ: the average is too small, so divide by it
    (1 - beta**t) -> (1 - beta) ** t
        the power takes in the 1: it is 1 - βᵗ, not (1 - β)ᵗ
    beta**t -> beta
        t is missing: after t values the weights sum to 1 - βᵗ
    beta**t -> beta ** (t - 1)
        t is one too small: at t = 1 yours divides by 1 - β⁰ = 0
    (1 - beta**t) -> 1 - beta**t
        brackets are missing: average / 1 - βᵗ subtracts βᵗ
    (1 - beta**t) -> (1 - beta ** (1 / t))
        that is a root of β: after t values the weights sum to 1 - βᵗ
    (1 - beta**t) -> t
        you divide by t: the weights of a moving average sum to 1 - βᵗ
    (1 - beta**t) -> (1 - beta**t) ** 0.5
        there is a root too many: the weights sum to 1 - βᵗ
    (1 - beta**t) -> (1 + beta**t)
        the sign is wrong: the weights sum to 1 - βᵗ
    """
    return average / (1 - beta**t)


# The bug hunt.  letter: (the bug, its edit of Adam, an experiment that shows it)
_BUGS = {
    "A": (
        "ε is inside the root",
        "(np.sqrt(v_hat) + eps) -> np.sqrt(v_hat + eps)",
        "compare its first steps for gradients of 1 and of 1e-4, with eps=1e-8",
    ),
    "B": (
        "only m is corrected",
        "v / (1 - beta2**t) -> v",
        "how long is its first step, in learning rates?",
    ),
    "C": (
        "the correction is written back into m and v",
        "return theta, m, v -> return theta, m_hat, v_hat",
        "look at the m that it returns after its first step",
    ),
    "D": (
        "β₁ and β₂ are swapped",
        "t, lr, beta1, beta2, eps -> t, lr, beta2, beta1, eps",
        "which m does it return for beta1=0, and which for beta2=0?",
    ),
    "E": (
        "the step uses the old m",
        "m = beta1 * m -> old, m = m, beta1 * m\nm / (1 -> old / (1",
        "does it move at all at t = 1, from rest?",
    ),
    "F": (
        "ε is added to θ, not to the root",
        "/ (np.sqrt(v_hat) + eps) -> / np.sqrt(v_hat) + eps",
        "give it a gradient of 0, from rest",
    ),
}
suspects = {
    letter: function_of(adam_step.edited(edit), adam_step.answer)
    for letter, (_, edit, _) in _BUGS.items()
}
bugs = [
    "only v is corrected",
    "the root is missing",
    *(row[0] for row in _BUGS.values()),
]
bugs.sort()  # two of them are in none of the suspects


def name_the_bug(answers):
    """Check {"A": one of `bugs`, ...}: what is wrong with each of the six `suspects`.

    Each is a function (theta, gradient, m, v, t, lr, beta1, beta2, eps) that returns
    (theta, m, v): a step of Adam with one bug.
    """
    truth = {letter: bug for letter, (bug, _, _) in _BUGS.items()}
    hints = {letter: hint for letter, (_, _, hint) in _BUGS.items()}
    compare(answers, truth, hints, bugs, "Six bugs, each found by an experiment")
