"""Ten exam problems on notebook 08, with their answers: for the teacher."""

import numpy as np

from notebooks.problems.question import Question, pick, problem
from utils.network import Network


@problem(cell="zipf")
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


@problem(cell="why-seen")
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


@problem(cell="table-cost")
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


@problem(cell="beta-seen")
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


@problem(cell="newton-exercise")
def newton_schulz(rng):
    """What one iteration does to a singular value."""
    s = pick(rng, [0.05, 0.08, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.45, 0.6, 0.7])
    a, b, c = 3.4445, -4.7750, 2.0315
    values = np.diag([s, 0.5])
    A = values @ values.T
    right = (a * values + b * A @ values + c * A @ A @ values)[0, 0]
    return Question(
        r"Muon: $X \leftarrow 3.4445\,X - 4.7750\,(XX^\top)X + 2.0315\,(XX^\top)^2X$. "
        f"$X$ has the singular value {s}. What becomes of it in one iteration?",
        right,
        {
            a * s + b * s**2 + c * s**3: r"$(XX^\top)X$ has three factors: $s^3$, then "
            "$s^5$",
            a + b * s**2 + c * s**4: "each term has one factor $s$ more",
            a * s: "that is the first term: it leads for small values alone",
            1.0: "that is where it is meant to go, after several iterations, and about",
        },
        why="$3.4445\\,s - 4.7750\\,s^3 + 2.0315\\,s^5$",
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
        {option: said for option, said in why.items() if option != right},
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


@problem(cell="adafactor")
def adafactor(rng):
    """How many squares Adafactor keeps."""
    rows, columns = pick(rng, [16, 64, 512], [256, 1000, 30_000])
    return Question(
        f"A matrix of parameters has {rows} rows and {columns:,} columns. How many "
        "numbers does Adafactor keep for its squares?",
        f"{rows + columns:,}",
        {
            f"{rows * columns:,}": "that is Adam's $v$, one for each parameter",
            f"{2 * rows * columns:,}": "those are Adam's $m$ and $v$",
            f"{rows**2 + columns**2:,}": "that is Shampoo: two square matrices",
            f"{min(rows, columns):,}": "rows *and* columns: a mean for each",
        },
        why="a mean for each row and for each column",
    )
