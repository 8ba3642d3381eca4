"""An exercise that is in no notebook, for the tests of what any check does."""

from classroom.mistakes.checks import exercise


@exercise(
    "variance",
    "For small η this is ησ²/(2λ): half the learning rate, half the variance",
    cases=[(0.5, 1.0, 2.0), (0.1, 4.0, 3.0), (0.3, 2.0, 0.5), (0.01, 2.0, 2.0)],
)
def noise_floor(lr, curvature, sigma):
    """Predict the variance that SGD settles at on the cost curvature x^2 / 2.

    sigma is the standard deviation of the noise in the gradient.

    lr * sigma**2 / (curvature -> (lr * sigma**2 / (curvature
    lr * curvature)) -> lr * curvature))) ** 0.5
        that is the standard deviation: the variance is its square
    sigma**2 -> sigma
        σ is not squared: it is the variance σ² of the noise that counts
    (2 - -> (1 -
        the 2 is missing: V = (1 - ηλ)²V + η²σ² has the solution ησ²/(λ(2 - ηλ))
    (2 - lr * curvature) -> 2
        that is the limit of small η: the exact floor has 2 - ηλ in place of the 2
    curvature * (2 -> (2
        λ is missing before (2 - ηλ): a steeper valley has a lower floor
    lr * sigma -> sigma
        η is missing in the numerator: smaller steps have a lower floor
    lr * sigma -> 0.5 * curvature * lr * sigma
        that is the mean cost, λ/2 times the variance: the variance is asked for
    / (curvature * (2 - lr * curvature)) -> / curvature * (2 - lr * curvature)
        brackets are missing: a / b * c is (a / b) c, and the divisor is λ(2 - ηλ)
    lr * sigma**2 -> lr**2 * sigma**2
        η is squared: one η of η²σ² goes into the divisor
    (curvature * (2 - lr * curvature)) -> (lr * curvature) / lr
        (1 - ηλ) stands without its square: V = (1 - ηλ)²V + η²σ²
    (2 - lr * curvature) -> (2 + lr * curvature)
        the sign is wrong: 1 - (1 - ηλ)² is ηλ(2 - ηλ)
    (2 - lr * curvature) -> (2 - lr)
        λ is missing in 2 - ηλ: it is ηλ that counts, not η
    lr * sigma**2 / (curvature * (2 - lr * curvature)) -> lr**2 * sigma**2
        that is the noise of one step: it piles up until the valley takes as much away
    lr * sigma**2 -> (1 - (1 - lr * curvature) ** 40) * lr * sigma**2
        V has not settled after 20 steps: put V on both sides, and solve
    lr * sigma**2 -> (1 - (1 - lr * curvature) ** 200) * lr * sigma**2
        V has not settled after 100 steps: put V on both sides, and solve
    lr * sigma**2 -> 0.5 * lr * sigma**2
        there is a half too many: that is not the cost, but the variance
    """
    return lr * sigma**2 / (curvature * (2 - lr * curvature))
