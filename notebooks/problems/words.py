"""Ten exam problems on notebook 08, with their answers: for the teacher."""

import numpy as np

from notebooks.problems.question import Question, pick, problem
from utils.network import Network


@problem(cell="zipf-seen")
def share(rng):
    """The share of a word, by Zipf's law."""
    V, k = pick(rng, [10, 20, 50, 100], [2, 3, 4, 5])
    shares = 1 / np.arange(1, V + 1) / np.sum(1 / np.arange(1, V + 1))
    return Question(
        f"A language has {V} words, whose shares follow Zipf's law exactly: rank $k$ "
        f"occurs $1/k$ as often as the first. Which share of a text is the word of "
        "rank "
        f"{k}?",
        shares[k - 1],
        {
            1 / k: "that is in units of the first word: the shares must add up to 1",
            1 / V: "that is for words that are equally frequent",
            shares[0]: "that is the first word",
            shares[k - 1] ** 2 / shares[0]: "one factor $1/k$, not its square",
        },
        why=rf"$1/k$ over $1 + \frac12 + \dots + \frac1{{{V}}}$",
    )


@problem(cell="why-border")
def rare_steps(rng):
    """Steps for a rare word."""
    first, steps, once = pick(rng, [4, 5, 8, 10], [15, 25, 40], [300, 1000, 2000, 5000])
    return Question(
        f"The most frequent word is 1/{first} of the text; gradient descent takes "
        f"{steps} steps to learn what follows it. About how many does it take, at the "
        f"same rate, for a word that occurs once in {once}?",
        steps * once / first,
        {
            1.0 * steps: "that is Adam, or sign descent: here the row has the factor "
            r"$\pi_i$",
            steps
            * np.sqrt(once / first): r"the rate of a row is $\eta\,\pi_i$: no root",
            1.0 * steps * once: f"the frequent word is not all of the text: 1/{first}",
            steps * first / once: "upside down: rare words take longer",
        },
        why=r"the steps go like $1/\pi_i$",
    )


@problem(cell="why")
def row(rng):
    """One entry of the gradient."""
    V, pi, follows = pick(rng, [5, 10, 20], [0.02, 0.05, 0.1], [0.3, 0.4, 0.6])
    return Question(
        rf"A table of {V} words starts at $\theta = 0$. Word $i$ has the share "
        rf"$\pi_i = {pi}$, and word $j$ follows it with probability {follows}. How "
        "large "
        r"is $\partial J/\partial\theta_{ij}$?",
        pi * (1 / V - follows),
        {
            1 / V - follows: r"the share of the word, $\pi_i$, is missing",
            pi * (follows - 1 / V): "the sign: the score must rise, so the derivative "
            "is negative",
            -pi * follows: f"the guess of the table, 1/{V}, is missing",
            pi / V: f"what really follows, {follows}, is missing",
        },
        why=r"$\pi_i\,(\operatorname{softmax}(\theta_i)_j - P_{ij})$",
    )


@problem(cell="table")
def floor(rng):
    """The floor of a table's cost."""
    a, q, r = pick(rng, [0.6, 0.7, 0.8, 0.9], [0.8, 0.9, 0.95], [0.5, 0.6])

    def entropy(p):
        return -p * np.log(p) - (1 - p) * np.log(1 - p)

    right = a * entropy(q) + (1 - a) * entropy(r)
    return Question(
        f"A language has two words, with the shares {a} and {1 - a:.2g}. After the "
        "first "
        f"the probabilities are {q} and {1 - q:.2g}, after the second {r} and "
        f"{1 - r:.2g}. What is the lowest cost that any table can reach, in nats?",
        right,
        {
            right / np.log(2): "those are bits: take the natural logarithm",
            (entropy(q) + entropy(r)) / 2: "each row counts with the share of its word",
            np.log(2): "that is a table that knows nothing",
            (1 - a) * entropy(q) + a * entropy(r): "the shares are swapped",
        },
        why=r"the entropy, $-\sum_i\pi_i\sum_j P_{ij}\ln P_{ij}$",
    )


@problem(cell="exercise-embedding")
def in_batch(rng):
    """Whether a rare word is in a batch."""
    once, B = pick(rng, [200, 500, 1000, 2000], [16, 64, 128, 512, 1024])
    s = 1 / once
    return Question(
        f"A word occurs once in {once} tokens. A batch is {B} tokens, drawn "
        "independently. How large is the probability that the word is in it?",
        1 - (1 - s) ** B,
        {
            B
            * s: "that counts how often it is there, on average: it may be there twice",
            (1 - s) ** B: "that is the probability that it is *not* there",
            s: "that is one token",
        },
        why=r"it is missing with probability $(1-\pi)^B$",
    )


@problem(cell="model")
def numbers(rng):
    """How many numbers the small model learns."""
    V, d = pick(rng, [100, 256, 500, 1000], [8, 16, 32, 64])
    return Question(
        f"A language model for {V} words has embeddings of {d} numbers, an output "
        "matrix "
        "$U$ and a bias $b$ for the scores; the embedding has no bias. How many "
        "numbers "
        "does it learn?",
        Network((V, d, V)).size - d,
        {
            1.0 * V * d + V: "embedding and output have a matrix each",
            1.0 * V**2: "that is the table of bigrams",
            2.0 * V * d: "the bias $b$ of the scores is missing",
            1.0 * V * d**2: "the matrices follow each other: add their sizes",
        },
        within=0.002,
        why="two matrices of $Vd$, and $V$ biases",
    )


@problem(cell="why-border")
def learnt(rng):
    """Which share of a text is learnt."""
    V, first, n = pick(rng, [50, 100, 200, 500], [4, 6, 10], [3, 4, 5, 8])
    shares = 1 / np.arange(1, V + 1) / np.sum(1 / np.arange(1, V + 1))
    return Question(
        f"A language has {V} words, with Zipf's shares. Gradient descent has learnt "
        f"what follows the first word after {first} steps, and each other word in "
        f"inverse proportion to its share. {first * n} steps are over: which share of "
        "the text follows words that are learnt?",
        shares[:n].sum(),
        {
            n / V: "that is the share of the vocabulary: frequent words count for more",
            1 - shares[:n].sum(): "that is the share which is not learnt yet",
            shares[0]: "that is the first word alone",
            shares[: first * n].sum(): "rank $k$ takes $k$ times as many steps as the "
            "first, not $k$ steps",
        },
        why=f"ranks 1 to {n} are learnt: add up their shares",
    )


@problem(cell="control-seen")
def owed(rng):
    """What a control leaves."""
    zipf, part = pick(rng, [0.12, 0.15, 0.16, 0.2], [0.2, 0.3, 0.4, 0.65, 0.8])
    flat = round((1 - part) * zipf, 3)
    return Question(
        f"A small model, each method at its best rate: with Zipf's words momentum ends "
        f"{zipf} nats above Adam, with balanced words {flat} nats. Which share of the "
        "first gap is owed to unequal words?",
        (zipf - flat) / zipf,
        {
            flat / zipf: "that is what balanced words leave: it has another cause",
            (zipf - flat) / flat: "divide by the gap with Zipf's words",
            zipf - flat: "those are nats: divide by the gap with Zipf's words",
            1.0: "with balanced words there is a gap as well: it needs another cause",
        },
        why="what the control does not have: the difference, over the gap",
    )


SEES = {
    "gradient descent": True,
    "sign descent": False,
    "RMSprop": False,
    "Adam": False,
}


@problem(cell="steps-seen")
def times_the_steps(rng):
    """Rare and frequent words, by method."""
    times, method = pick(rng, [20, 50, 200], [*SEES])
    options = [
        f"{times} times as many",
        "about as many",
        f"about {times**0.5:.0f} times as many",
    ]
    right = options[0] if SEES[method] else options[1]
    why = {
        options[0]: "a root of squares, or the sign, takes the share away",
        options[1]: r"one $\eta$ serves all rows, and each row has the factor $\pi_i$",
        options[2]: "the share is a plain factor of the row: no root of it is left",
        "fewer": "a rare word has less of the cost, but no larger gradient",
    }
    return Question(
        f"A table of bigrams, exact gradients, $\\epsilon$ tiny. One word is {times} "
        f"times as rare as the first. How many steps does {method} take for its row, "
        "beside those for the first?",
        right,
        {option: reason for option, reason in why.items() if option != right},
        why=r"the gradient of row $i$ has the factor $\pi_i$: does the step?",
    )


@problem(cell="mix-seen")
def mixed(rng):
    """Who minds a rotation of the rows."""
    method = pick(rng, ["gradient descent", "momentum", "RMSprop", "Adam"])
    same = method in ("gradient descent", "momentum")
    options = {
        "as before": "each parameter then belongs to all words a little, and no rate "
        "of "
        "its own fits it",
        "higher than before": "it adds gradients and multiplies them by numbers: its "
        "path turns along",
        "lower than before": "a rotation gives nothing: it only mixes the words",
        "it diverges": "the curvatures are the same, and its rate is tuned anew",
    }
    right = "as before" if same else "higher than before"
    return Question(
        "The rows of a table of Zipf's words are mixed by a random rotation; cost and "
        f"floor stay. With its rate tuned anew, where does {method} end?",
        right,
        {option: why for option, why in options.items() if option != right},
        why="a rate per parameter is a bet that the parameters are the right axes",
    )
