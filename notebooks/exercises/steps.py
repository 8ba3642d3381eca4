"""What the exercises that take one step share: answers below, as in the other files.

The cases on which a step is tried, and the mistakes that are made in every optimizer
that divides by a root, or corrects an average.
"""

import itertools

import numpy as np


def cases(names):
    """Draw arguments for a step, "theta gradient lr": of two and of five parameters.

    The first case is t = 1, at rest, with the usual hyper-parameters.  At every t = 1
    the memory is 0, and so is the second gradient.
    """
    rng, cases = np.random.default_rng(0), []
    usual = {"lr": 0.1, "beta": 0.9, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    sizes = itertools.product([(2,), (5,)], [float, np.float32], [1, 2, 9])
    for shape, dtype, t in sizes:
        late = t > 1
        arrays = {
            "theta": rng.normal(size=shape),
            "gradient": rng.uniform(0.5, 2, shape) * rng.choice([-1, 1], shape),
            "m": late * rng.normal(size=shape),
            **{name: late * rng.uniform(0.1, 2, shape) for name in ("v", "s", "v_max")},
        }
        arrays["gradient"][1] *= late
        values = {name: (a.round(2) + 0.0).astype(dtype) for name, a in arrays.items()}
        numbers = {name: round(rng.uniform(0.1, 0.9), 2) for name in usual}
        values |= {"t": t, **(numbers if cases else usual)}
        cases.append(tuple(values[name] for name in names.split()))
    return cases


def first_step(first, outcomes):
    """Measure the first step, against the gradient, in learning rates."""
    moved = (first["theta"] - outcomes[0].values[0])[0]
    return {"step": moved * np.sign(first["gradient"][0]) / first["lr"] + 0.0}


_SCALING = """
    (np.sqrt(V) + eps) -> np.sqrt(V + eps)
        ε is inside the root: take the root first, then add ε
    / (np.sqrt(V) + eps) -> / np.sqrt(V) + eps
        ε is added to θ, not to the root: with no brackets round √v + ε, a zero
        gradient gives 0/0
    STEP / (np.sqrt(V) + eps) -> (STEP / np.sqrt(V) + eps)
        ε is added to the step, not to the root: a zero gradient gives 0/0
    (np.sqrt(V) + eps) -> np.sqrt(V)
        ε is missing: where the gradient was always 0, the step is 0/0
    (np.sqrt(V) + eps) -> (V + eps)
        the root is missing: your first step is {step:.3g} η
    theta - lr -> theta + lr
        the sign is flipped: your step climbs
    lr * STEP -> STEP
        η is missing: your first step is {step:.3g} η
    lr * STEP -> lr * np.sign(STEP)
        only the sign stands over the root: what stands there keeps its size
    theta - lr -> lr
        that is the step alone: subtract it from θ, and return the new θ
    theta - lr -> - lr
        that is the step alone: add it to θ, and return the new θ
    (np.sqrt(V) + eps) -> np.maximum(np.sqrt(V), eps)
        ε is the least that the root may be: add it to the root, np.sqrt + ε
    (np.sqrt(V) + eps) -> (np.sqrt(V + eps) + eps)
        ε is there twice: it belongs after the root alone
    (np.sqrt(V) + eps) -> (np.sqrt(V) * eps)
        ε multiplies the root: it is added to it
    (np.sqrt(V) + eps) -> (np.sqrt(V) + eps**2)
        ε is squared: it is added to the root as it is
    """


def scaling(step, v):
    """Return the mistakes in theta - lr step / (sqrt(v) + eps), wherever it occurs."""
    return _SCALING.replace("STEP", step).replace("V", v)


MOMENTS = """
    m / (1 - beta1**t) -> m
        m is not corrected, only v: your first step is {step:.3g} η, and 1 η is right
    beta1**t -> beta1 ** (t - 1)
    beta2**t -> beta2 ** (t - 1)
        t starts at 0 in your correction: at the first step 1 - β⁰ = 0 is the divisor
    beta1**t -> beta1 ** (t + 1)
    beta2**t -> beta2 ** (t + 1)
        t is one too large in your correction: it is 1 at the first step
    beta1**t -> beta1 * t
    beta2**t -> beta2 * t
        t multiplies β in your correction: βᵗ is a power
    beta1**t -> beta1
    beta2**t -> beta2
        t is missing in your correction: 1 - βᵗ tends to 1, and 1 - β does not
    t, lr, beta1, beta2, eps -> t, lr, beta2, beta1, eps
        β₁ and β₂ are swapped: β₁ belongs to m, and β₂ to v
    m = beta1 * m -> old, m = m, beta1 * m
    m / (1 -> old / (1
        the step uses the old m: your first step is {step:.3g} η, so update m first
    gradient**2 -> gradient
        the gradient is not squared in v: v averages g²
    gradient**2 -> abs(gradient)
        v averages |g|: square the gradient
    (1 - beta2) * gradient**2 -> ((1 - beta2) * gradient) ** 2
        the factor 1 - β₂ is squared with the gradient: it is g alone that is squared
    beta2 * v + (1 - beta2) * gradient**2 -> beta2 * v + (1 - beta2) * m**2
        v averages m²: it is g² that is averaged
    gradient**2 -> np.linalg.norm(gradient)
        v averages the length of the gradient: square each entry
    gradient**2 -> np.sum(gradient**2)
        v is one number for all parameters: square each entry, and sum nothing
    gradient**2 -> np.mean(gradient**2)
        v is one number for all parameters: square each entry, and average over time
    (1 - beta1) * gradient -> gradient
    (1 - beta2) * gradient -> gradient
        the factors 1 - β are missing: the weights of an average sum to 1
    beta1 * m + (1 - beta1) * gradient -> gradient
        the old m is forgotten: m = βm + (1 - β)g
    beta2 * v + (1 - beta2) * gradient**2 -> gradient**2
        the old v is forgotten: v = βv + (1 - β)g²
    beta2**t -> beta1**t
        v is corrected with β₁: its weights sum to 1 - β₂ᵗ
    beta1**t -> beta2 ** t
    beta2**t -> beta1**t
        the corrections are exchanged: 1 - β₁ᵗ belongs to m, 1 - β₂ᵗ to v
    gradient**2 -> (gradient - m) ** 2
        v averages (g - m)²: in Adam it is g² that is averaged
    beta2 * v + (1 - beta2) -> beta1 * v + (1 - beta1)
        v is averaged with β₁: β₂ belongs to v
    beta1 * m + (1 - beta1) -> beta2 * m + (1 - beta2)
        m is averaged with β₂: β₁ belongs to m
    beta1 * m + (1 - beta1) -> (1 - beta1) * m + beta1
    beta2 * v + (1 - beta2) -> (1 - beta2) * v + beta2
        the weights are exchanged: β for the old average, 1 - β for what is new
    / (1 - beta1**t) -> * (1 - beta1**t)
    / (1 - beta2**t) -> * (1 - beta2**t)
        you multiply by 1 - βᵗ: the averages are too small, so divide by it
    / (1 - beta1**t) -> / 1 - beta1**t
    / (1 - beta2**t) -> / 1 - beta2**t
        brackets are missing: m / 1 - βᵗ subtracts βᵗ
    (1 - beta1**t) -> (1 - beta1) ** t
    (1 - beta2**t) -> (1 - beta2) ** t
        the power takes in the 1: it is 1 - βᵗ, not (1 - β)ᵗ
    beta1 * m + (1 - beta1) -> m + (1 - beta1)
        the factor β₁ is missing in m: the weights of an average sum to 1
    beta2 * v + (1 - beta2) -> v + (1 - beta2)
        the factor β₂ is missing in v: the weights of an average sum to 1
    (1 - beta1) * gradient -> gradient
        the factor 1 - β₁ is missing in m: the weights of an average sum to 1
    (1 - beta2) * gradient -> gradient
        the factor 1 - β₂ is missing in v: the weights of an average sum to 1
    """
