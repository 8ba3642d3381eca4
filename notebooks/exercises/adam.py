"""The answers of notebook 05 are below, with the mistakes that are made in them.

Close this file until you have written your own: the notebook's check tells you more.
An edit, `old -> new`, makes a mistake of the right answer; under it is what is said.
"""

from gettext import gettext as _

import numpy as np

from classroom.mistakes import compare, exercise, on_paper, plot
from classroom.mistakes.edits import apply, code_of, function_of
from notebooks.exercises import steps


@exercise(
    "theta, m_hat, v_hat",
    "A corrected average begins as a plain mean, and ends as one that forgets",
    cases=steps.cases("theta gradient m v t lr beta1 beta2 eps"),
    also=steps.scaling("m_hat", "v_hat") + steps.MOMENTS,
    numbers=steps.first_step,
)
def adam_step(theta, gradient, m_hat, v_hat, t, lr, beta1, beta2, eps):
    """Take step t = 1, 2, ... of Adam, from the corrected averages to the new ones.

    m_hat * (1 - beta1 ** (t - 1)) -> m_hat
    v_hat * (1 - beta2 ** (t - 1)) -> v_hat
        you take m̂ and v̂ for m and v: what comes in was divided by 1 - βᵗ⁻¹
    m_hat * (1 - beta1 ** (t - 1)) -> m_hat
        you take m̂ for m: what comes in was divided by 1 - β₁ᵗ⁻¹
    v_hat * (1 - beta2 ** (t - 1)) -> v_hat
        you take v̂ for v: what comes in was divided by 1 - β₂ᵗ⁻¹
    m_hat * (1 - beta1 ** (t - 1)) -> m_hat * (1 - beta1**t)
    v_hat * (1 - beta2 ** (t - 1)) -> v_hat * (1 - beta2**t)
        what comes in is of the step before: it was divided by 1 - βᵗ⁻¹, not 1 - βᵗ
    m_hat * (1 - beta1 ** (t - 1)) -> m_hat / max(1 - beta1 ** (t - 1), 1e-300)
    v_hat * (1 - beta2 ** (t - 1)) -> v_hat / max(1 - beta2 ** (t - 1), 1e-300)
        you divide once more: m̂ was divided by 1 - βᵗ⁻¹, so multiply by it
    m_hat * (1 - beta1 ** (t - 1)) -> m_hat / (1 - beta1 ** (t - 1))
    v_hat * (1 - beta2 ** (t - 1)) -> v_hat / (1 - beta2 ** (t - 1))
        you divide once more: m̂ was divided by 1 - βᵗ⁻¹, so multiply by it
    m_hat * (1 - beta1 ** (t - 1)) -> m_hat / (1 - beta1 ** max(t - 1, 1)) * (t > 1)
    v_hat * (1 - beta2 ** (t - 1)) -> v_hat / (1 - beta2 ** max(t - 1, 1)) * (t > 1)
        you divide once more: m̂ was divided by 1 - βᵗ⁻¹, so multiply by it
    m_hat * (1 - beta1 ** (t - 1)) -> m_hat * (1 - beta2 ** (t - 1))
    v_hat * (1 - beta2 ** (t - 1)) -> v_hat * (1 - beta1 ** (t - 1))
        β₁ and β₂ are exchanged where you take the hats off: m̂ was divided by
        1 - β₁ᵗ⁻¹, v̂ by 1 - β₂ᵗ⁻¹
    m = m_hat * -> old, old_v = m_hat, v_hat; m = m_hat *
    lr * m_hat / (np.sqrt(v_hat) + eps) -> lr * old / (np.sqrt(old_v) + eps)
        the step goes along the old hats: take the new m̂ and v̂, or t = 1 does not move
    (1 - beta1 ** (t - 1)) -> (1 - beta1) ** (t - 1)
    (1 - beta2 ** (t - 1)) -> (1 - beta2) ** (t - 1)
        the power takes in the 1: what comes in was divided by 1 - βᵗ⁻¹, not by
        (1 - β)ᵗ⁻¹
    (1 - beta1 ** (t - 1)) -> (1 - beta1**t)
    (1 - beta2 ** (t - 1)) -> (1 - beta2**t)
    m / (1 - beta1**t) -> m / (1 - beta1 ** (t + 1))
    v / (1 - beta2**t) -> v / (1 - beta2 ** (t + 1))
        t is one too large everywhere: what comes in was divided by 1 - βᵗ⁻¹, and what
        goes out is divided by 1 - βᵗ
    m = m_hat * -> old, old_v = m_hat, v_hat; m = m_hat *
    return theta, m_hat, v_hat -> return theta, old, old_v
        the old hats are returned: hand on the new m̂ and v̂
    return theta, m_hat, v_hat -> return theta, m, v
        m and v are returned: hand on m̂ and v̂, the next step expects them
    m_hat = m / (1 - beta1**t) -> m_hat = beta1 * m_hat + (1 - beta1) * gradient
    v_hat = v / (1 - beta2**t) -> v_hat = beta2 * v_hat + (1 - beta2) * gradient**2
        you average m̂ and v̂ as if they were m and v: your first step is {step:.3g} η,
        and 1 η is right
    m / (1 - beta1**t) -> m
    v / (1 - beta2**t) -> v
        there is no bias correction: your first step is {step:.3g} η, and 1 η is right
    lr * m_hat / (np.sqrt(v_hat) -> lr * m / (np.sqrt(v)
        the step is made of m and v: of m̂ and v̂ the first one is η, and yours is
        {step:.3g} η
    v / (1 - beta2**t) -> v
        √v stands in place of √v̂, so that only m is corrected: your first step is
        {step:.3g} η, and 1 η is right
    v = beta2 * v -> old, v = v, beta2 * v
    v / (1 -> old / (1
        the step uses the old v: at the first step that is 0
    m_hat / (np.sqrt(v_hat) + eps) -> m_hat / (np.sqrt(v) + eps) * (1 - beta2**t) ** 0.5
        ε is added before v is corrected, as Keras does: it belongs to √v̂
    np.sqrt(v_hat) -> np.sqrt(v) / (1 - beta2**t)
        the correction of v is outside the root: it is √(v / (1 - βᵗ))
    lr * m_hat -> lr * gradient
        m̂ is not used: the step goes along the gradient, and should along m̂
    lr * m_hat -> lr * (beta1 * m_hat + (1 - beta1) * gradient / (1 - beta1**t))
        that is Nadam, which looks ahead: Adam's step goes along m̂
    gradient**2 -> gradient
    np.sqrt(v_hat) -> np.sqrt(abs(v_hat))
        the gradient is not squared in v: v averages g²
    """
    m = m_hat * (1 - beta1 ** (t - 1))
    v = v_hat * (1 - beta2 ** (t - 1))
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta, m_hat, v_hat


@plot(
    "x, y, log x, log y",
    "It starts at 1: the first step is η, whatever the gradient",
    cases=[
        (0.9, 0.999, np.arange(1, 1001)),
        (0.9, 0.95, np.arange(1, 101)),
        (0.5, 0.9, np.array([1, 2, 5, 20])),
    ],
)
def plot_bound(ax, beta1, beta2, t):
    """Draw the longest step that Adam can take at step t, in η, against t.

    faded * np.sqrt(1 - beta2**t) / (1 - beta1**t) -> faded
        there is no correction: divide by r(t), or the first step is not η
    * np.sqrt(1 - beta2**t) / (1 - beta1**t) -> / np.sqrt(1 - beta2**t) * (1 - beta1**t)
        you multiply by r(t): the corrected step is the shorter one, so divide by it
    / (1 - beta1**t) ->
        m is not corrected, only v: divide by 1 - β₁ᵗ too
    * np.sqrt(1 - beta2**t) ->
        v is not corrected, only m: multiply by √(1 - β₂ᵗ) too
    np.sqrt(1 - beta2**t) -> (1 - beta2**t)
        the root is missing in the correction, or it is there twice: √(1 - β₂ᵗ) stands
        there once, for it is √v that is divided by
    np.sqrt(1 - beta2**t) / (1 - beta1**t) -> np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        0.9 and 0.999 stand in your correction: r(t) has β₁ and β₂ in their place
    (1 - q**t) / (1 - q) -> 1 / (1 - q) + 0 * t
        your sum has no end: at step t it has t terms, (1 - qᵗ) / (1 - q)
    (1 - q**t) / (1 - q) -> 1 / (1 - q) + 0 * t
    np.sqrt(1 - beta2**t) / -> np.minimum(np.sqrt(1 - beta2**t), 1 - beta1**t) /
        you divide the bound of all steps by r(t) where r > 1, and its sum has no end:
        at step t it has t terms, and r may be below 1
    (1 - q**t) / (1 - q) -> np.cumsum(q ** (t - 1))
        your sum runs over the array t: a step t has all terms from 0 to t - 1, also
        where the array leaves some out
    (1 - q**t) -> (1 - q ** len(t))
        len(t) stands in place of t: each step has its own number of terms
    (1 - q**t) -> (1 - q ** (t + 1))
        your sum has t + 1 terms: at step 1 it has one, which is 1
    (1 - q**t) -> (1 - q ** (t - 1))
        your sum has t - 1 terms: at step 1 it has one, which is 1
    beta1**2 / beta2 -> beta1 / beta2
        q is not β₁²/β₂: each weight β₁ʲ is split, and the first part is squared
    beta1**2 / beta2 -> beta1 / np.sqrt(beta2)
        q is not β₁²/β₂: each weight β₁ʲ is split, and the first part is squared
    np.sqrt(terms / (1 - beta2)) -> terms / (1 - beta2)
        a root is missing: Cauchy and Schwarz give the product of two roots
    np.sqrt(terms / (1 - beta2)) -> terms / np.sqrt(1 - beta2)
        a root is missing: Cauchy and Schwarz give the product of two roots
    (1 - beta1) * np.sqrt(terms -> np.sqrt(terms
        the factor 1 - β₁ is missing: m is an average
    terms / (1 - beta2) -> terms / (1 - beta2) ** 2
        the root of 1 - β₂ is missing: the second sum is v / (1 - β₂), under the root
    terms / (1 - beta2) -> terms
        the factor 1 - β₂ is missing: the second sum is v / (1 - β₂)
    (1 - q**t) / (1 - q) -> 1 / (1 - q) + 0 * t
    * np.sqrt(1 - beta2**t) / (1 - beta1**t) ->
        that is the bound of all steps, without t: each step has its own
    faded * np.sqrt(1 - beta2**t) / (1 - -> 1 / np.sqrt(1 - beta2**t) * (1 -
        that is r(t): it compares two steps, and bounds neither
    ax.semilogx -> ax.loglog
        the y axis is logarithmic too: draw with ax.semilogx
    ax.semilogx -> ax.plot
        the x axis is linear: ax.semilogx, or ax.set_xscale("log")
    """
    q = beta1**2 / beta2
    terms = (1 - q**t) / (1 - q)
    faded = (1 - beta1) * np.sqrt(terms / (1 - beta2))
    ax.semilogx(t, faded * np.sqrt(1 - beta2**t) / (1 - beta1**t))


@on_paper(
    "floor",
    "Adam has the rate η/σ there",
    (0.02, 8.0, 3.0),
    within=0.03,
)
def floor_on_paper(lr, curvature, sigma):
    """Work out where the mean of theta^2 stops: lr = 0.02, curvature = 8, sigma = 3.

    lr * sigma -> lr * sigma**2
        that is SGD's floor: Adam divides the gradient by √v̂, which is nearly σ
    lr * sigma / (2 * curvature) -> lr * sigma**2 / curvature / (2 - lr * curvature)
        that is SGD's exact floor: Adam divides the gradient by √v̂, which is nearly σ
    lr * sigma / (2 * curvature) -> lr * sigma**2 / curvature
        that is twice SGD's floor: the half is missing, and Adam divides by √v̂
    lr * sigma -> lr
        σ is missing, or you divided by σ²: it is √v̂ that Adam divides by, and that is
        nearly σ
    lr * sigma -> lr / sigma
        the noise does not get smaller with σ: SGD's floor has σ², and the rate is η/σ
    / (2 * curvature) -> / 2
        λ is missing: the steeper the valley, the lower the floor of θ²
    (2 * curvature) -> curvature
        the 2 is missing: SGD's floor is ησ²/2λ
    (2 * curvature) -> (4 * curvature)
        that is half of it: a 2 is there twice, and SGD's floor has it once, ησ²/2λ
    lr * sigma / (2 * curvature) -> lr * sigma / 4
        that is the floor of the cost, ½λθ²: the mean of θ² is asked for
    / (2 * curvature) -> * curvature / 2
        you multiply by λ: the steeper the valley, the lower the floor of θ²
    / (2 * curvature) -> / 2 / curvature**2
        λ is squared: the floor of θ² goes like 1/λ
    lr * sigma -> lr**2 * sigma
        η is squared: the floor goes like η
    lr * sigma -> lr * np.sqrt(sigma)
        you have √σ: √v̂ is nearly σ itself, for v̂ averages squares
    lr * sigma / (2 * curvature) -> lr**2 * curvature / 8
        that is 04's floor, of RMSprop's cost without noise: here the noise makes √v̂
    lr * sigma / (2 * curvature) -> lr**2 / 4
        that is 04's floor, without noise: here the noise makes √v̂, nearly σ
    lr * sigma -> lr**2
        the rate η/σ is squared: put it once into SGD's floor, in the place of η
    lr * sigma / (2 * curvature) -> lr * sigma**2 / (2 * curvature) / 38
        38 belongs to the border of stability: the floor has the rate η/σ
    lr * sigma / (2 * curvature) -> lr * sigma**2 / (2 * curvature) * 0.1
        you put 1 - β₁ into SGD's floor: m is an average, its weights sum to 1, and
        Adam divides by √v̂
    lr * sigma / (2 * curvature) -> lr * sigma
        2λ is missing: the steeper the valley, the lower the floor of θ²
    lr * sigma -> 10 * lr * sigma
        that is ten times too much: a zero is lost, or 1/(1 - β₁) put in, though m is an
        average, its weights sum to 1
    lr * sigma -> 0.1 * lr * sigma
        that is a tenth: there is a zero too many, or 1 - β₁ put in, though m is an
        average, its weights sum to 1
    lr * sigma -> lr * sigma * 1.9 / 0.1
        you have put in (1 + β₁)/(1 - β₁): that belongs to the border of stability
    lr * sigma -> lr * sigma * 0.1 / 1.9
        m is smoother than g, but its errors last longer: for small η the floor is SGD's
    lr * sigma / (2 * curvature) -> sigma**2
        that is v̂: the floor is what θ² comes to
    """
    return lr * sigma / (2 * curvature)


# The bug hunt.


def adam(theta, gradient, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta, m, v


# letter: (the bug, its edit of that step, an experiment that shows it)
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
codes = {
    letter: apply(code_of(adam, "adam"), edit)
    for letter, (_bug, edit, _hint) in _BUGS.items()
}
suspects = {letter: function_of(code, adam) for letter, code in codes.items()}
_NOT_MADE = ["only v is corrected", "the root is missing"]
bugs = sorted(map(_, [*_NOT_MADE, *(bug for bug, *_more in _BUGS.values())]))


def name_the_bug(answers):
    """Check {"A": one of `bugs`, ...}: what is wrong with each of the six `suspects`.

    Each is a function (theta, gradient, m, v, t, lr, beta1, beta2, eps) that returns
    (theta, m, v): a step of Adam with one bug.
    """
    truth = {letter: bug for letter, (bug, *_more) in _BUGS.items()}
    hints = {letter: hint for letter, (*_more, hint) in _BUGS.items()}
    compare(
        "name_the_bug",
        answers,
        truth,
        hints,
        bugs,
        "Six bugs, each found by an experiment",
    )


# Eight lines from famous material.  letter: (the verdict, an experiment that shows it)
_DOUBTS = {
    "A": (
        "the first step is 1/√(1 − β₂) learning rates long",
        "walk along equal gradients, and look at the first step",
    ),
    "B": (
        "each step moves θ by ε more, and it has lost its protection from 0/0",
        "walk along equal gradients with ε = 0, and with ε = 0.01",
    ),
    "C": (
        "m is too small, but the first steps are longer",
        "leave the correction out, and look at the first step, which is right at 1",
    ),
    "D": (
        "no step is slower without it, unless β₂ is small",
        "leave the correction out, with β₁ = 0.9 and β₂ = 0.99, and then with 0.95",
    ),
    "E": (
        "it is sign descent",
        "set both βs to 0: how long are the steps along gradients of 1, and of 100?",
    ),
    "F": (
        "all of the new gradient is added, and the sum is ten times as long",
        "let v = 0.9 v + g run along gradients of 1, for a hundred steps",
    ),
    "G": (
        "half of it is left after ln 2 / ln(1/γ) steps",
        "with γ = 0.9, how often must you multiply by γ until a half is left?",
    ),
    "H": (
        "equal gradients after a silence make longer steps",
        "walk along gradients of 1 after a silence of a million steps",
    ),
}
_NOT_SAID = ["it is true, whatever the βs", "it is momentum, averaged and corrected"]
verdicts = sorted(
    map(_, [*_NOT_SAID, *(verdict for verdict, _hint in _DOUBTS.values())])
)


def doubt(answers):
    """Check {"A": one of `verdicts`, ...}: what an experiment says of each line."""
    compare(
        "doubt",
        answers,
        {letter: verdict for letter, (verdict, _hint) in _DOUBTS.items()},
        {letter: hint for letter, (_verdict, hint) in _DOUBTS.items()},
        verdicts,
        "Eight lines, and none was believed: each has walked",
    )
