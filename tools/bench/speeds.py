"""Print how fast the course is beside its peers, and what it must reach.

    make bench

Ours and the peers take turns in one process, with one thread; each row first checks
that they compute the same.  Times are medians, by the wall clock.
"""

import os
import subprocess
import sys
import time
import warnings
from functools import partial
from statistics import median

# Before NumPy, PyTorch and XLA are imported: one thread for all of them.
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "TQDM_DISABLE": "1"}
os.environ["XLA_FLAGS"] = (
    "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)

import numpy as np

from tools.course import NOTEBOOKS, ROOT

RATES, STEPS, START = np.geomspace(1e-4, 1, 1000), 500, [-1.2, 1.0]
EPOCHS, BATCH_SIZE, LR = 20, 64, 1e-3


def race(*runners, repeats=9):
    """Return the median seconds of each runner; they take turns, and warm up once."""
    seconds = [[] for _ in runners]
    for repeat in range(repeats + 1):
        for runner, times in zip(runners, seconds, strict=True):
            begin = time.perf_counter()
            runner()
            if repeat > 0:
                times.append(time.perf_counter() - begin)
    return [median(times) for times in seconds]


# The sweep: 1000 learning rates x 500 steps of Adam on Rosenbrock's valley.  It runs in
# a cold interpreter too, which should pay for its own imports: they are inside.


def our_sweep():
    """Return the path of all runs, (501, 1000, 2)."""
    from utils import costs
    from utils.descent import descend
    from utils.optimizers import Adam

    J = costs.rosenbrock()
    return descend(J.gradient, START, Adam(RATES[:, None]), STEPS)


def compiled_optax_sweep():
    """Return a function that returns the path of all runs, (1000, 500, 2)."""
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)

    def cost(theta):
        x, y = theta
        return (1 - x) ** 2 + 100 * (y - x**2) ** 2

    def run(lr):
        adam, theta = optax.adam(lr), jax.numpy.array(START)

        def step(carry, _):
            theta, state = carry
            updates, state = adam.update(jax.grad(cost)(theta), state)
            theta = optax.apply_updates(theta, updates)
            return (theta, state), theta

        return jax.lax.scan(step, (theta, adam.init(theta)), length=STEPS)[1]

    sweep = jax.jit(jax.vmap(run))
    return lambda: sweep(RATES).block_until_ready()


def torch_run(lr):
    """Return where one run of torch.optim.Adam ends, (2,)."""
    import torch

    theta = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    adam = torch.optim.Adam([theta], lr=lr)
    for _ in range(STEPS):
        adam.zero_grad()
        x, y = theta
        cost = (1 - x) ** 2 + 100 * (y - x**2) ** 2
        cost.backward()
        adam.step()
    return theta.detach().numpy()


def sweep_in_torch_loops():
    """Time two of the thousand rates: the rest take as long again, each."""
    two = [300, 900]
    ends = [torch_run(RATES[k]) for k in two]
    np.testing.assert_allclose(our_sweep()[-1][two], ends, rtol=1e-6)
    ours, theirs = race(our_sweep, lambda: [torch_run(RATES[k]) for k in two])
    theirs *= len(RATES) / len(two)
    yield faster("sweep, torch.optim in loops (from 2 rates)", ours, theirs, 1000)


def sweep_compiled():
    """Time the sweep of optax once it is compiled."""
    optax_sweep = compiled_optax_sweep()
    path = np.swapaxes(optax_sweep(), 0, 1)
    np.testing.assert_allclose(our_sweep()[1:], path, atol=1e-5)
    ours, theirs = race(our_sweep, optax_sweep, repeats=25)
    columns = f"{ours / theirs:.1f} x its time", "at most 6", ours <= 6 * theirs
    yield "sweep, optax vmap + jit, warm", clock(ours), clock(theirs), *columns


def sweep_cold():
    """Time both in a new interpreter each, with imports and compilation."""

    def cold(call):
        command = [
            sys.executable,
            "-c",
            f"from tools.bench import speeds as bench; bench.{call}",
        ]
        subprocess.run(command, cwd=ROOT, check=True)

    runners = partial(cold, "our_sweep()"), partial(cold, "compiled_optax_sweep()()")
    ours, theirs = race(*runners, repeats=5)
    yield faster("sweep, optax vmap + jit, from a cold start", ours, theirs, 2)


def one_step():
    """Time a step with its gradient on a 2-vector, by our loop and by torch's."""
    from utils import costs
    from utils.optimizers import Adam

    J = costs.rosenbrock()

    def our_run(steps):
        theta, adam = np.array(START), Adam(LR)
        state = adam.init(theta)
        for t in range(1, steps + 1):
            theta, state = adam.step(theta, J.gradient(theta), state, t)
        return theta

    np.testing.assert_allclose(our_run(STEPS), torch_run(LR), rtol=1e-9)
    ours, theirs = race(partial(our_run, STEPS), partial(torch_run, LR))
    yield faster("one Adam step, torch.optim", ours / STEPS, theirs / STEPS, 6)


def our_training(net, train, theta, lr=LR):
    """Return the parameters after 20 epochs of Adam on mini-batches."""
    from utils.descent import descend, sampled
    from utils.optimizers import Adam

    steps = EPOCHS * -(-len(train[0]) // BATCH_SIZE)
    gradient = sampled(net.gradient, train, BATCH_SIZE, rng=1)
    return descend(gradient, theta, Adam(lr), steps, every=steps)[-1]


def torch_training(net, train, theta, batches):
    """Return the cost after the same steps, from the same start, by a plain loop."""
    import torch

    x, y = map(torch.tensor, train)
    linear = [torch.nn.Linear(64, 64), torch.nn.Linear(64, 10)]
    model = torch.nn.Sequential(linear[0], torch.nn.ReLU(), linear[1])
    with torch.no_grad():
        for layer, (w, b) in zip(linear, net.layers(theta), strict=True):
            layer.weight[...], layer.bias[...] = map(torch.tensor, (w.T.copy(), b[0]))
    adam = torch.optim.Adam(model.parameters(), lr=LR)
    cost = torch.nn.CrossEntropyLoss()
    for rows in batches:
        adam.zero_grad()
        cost(model(x[rows]), y[rows]).backward()
        adam.step()
    return cost(model(x), y).item()


def sklearn_training(train):
    """Return scikit-learn's network after 20 epochs, from its own start."""
    from sklearn.neural_network import MLPClassifier

    warnings.filterwarnings("ignore", "Stochastic Optimizer: Maximum iterations")
    options = {"alpha": 0, "tol": 0, "n_iter_no_change": EPOCHS + 1}  # no early stop
    options |= {"batch_size": BATCH_SIZE, "learning_rate_init": LR, "max_iter": EPOCHS}
    return MLPClassifier(64, random_state=0, **options).fit(*train)


def digits():
    """Time 20 epochs on the digits: 64-64-10, batch 64, Adam, float32; then 65 runs."""
    import torch

    from utils.data import digits
    from utils.descent import minibatches
    from utils.network import Network

    net, (train, _, _) = Network((64, 64, 10)), digits(np.float32)
    n = len(train[0])
    theta = net.initial(np.random.default_rng(0), dtype=np.float32)
    ours = partial(our_training, net, train, theta)
    rows = minibatches(n, BATCH_SIZE, rng=1)  # as in our_training: the same batches
    batches = [torch.tensor(rows(t + 1)) for t in range(EPOCHS * -(-n // 64))]
    plain = partial(torch_training, net, train, theta, batches)
    scikit = partial(sklearn_training, train)

    cost = net.cost(ours(), *train)
    np.testing.assert_allclose(cost, plain(), rtol=1e-3)
    right = scikit().predict_proba(train[0])[np.arange(n), train[1]]
    np.testing.assert_allclose(cost, -np.log(right).mean(), rtol=0.3)
    seconds, by_torch, by_sklearn = race(ours, plain, scikit)
    yield faster("digits, MLPClassifier of scikit-learn", seconds, by_sklearn, 2)
    yield faster("digits, a plain torch loop", seconds, by_torch, 3.5)

    more = net.initial(np.random.default_rng(2), runs=(4,), dtype=np.float32)
    lrs = np.geomspace(LR / 10, LR * 10, 13)[:, None, None]
    runs = partial(our_training, net, train, np.array([theta, *more]), lrs)
    np.testing.assert_allclose(net.cost(runs()[6, 0], *train), cost, rtol=1e-3)
    seconds, by_torch = race(runs, plain, repeats=5)
    yield faster("digits, 65 runs at once, each, torch loop", seconds / 65, by_torch, 7)


def notebooks():
    """Time each notebook, and read its kernel's peak memory (on Linux)."""
    import nbformat

    from tools.runs import client

    peak = "print(next(l for l in open('/proc/self/status') if 'VmHWM' in l))"
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.append(nbformat.v4.new_code_cell(peak))
        begin = time.perf_counter()
        client(notebook, path.parent).execute()
        seconds = time.perf_counter() - begin
        mb = int(notebook.cells[-1].outputs[0].text.split()[1]) / 1024
        fast, small = seconds < 15, mb < 400
        yield f"{path.stem}, time", clock(seconds), "", "", "below 15 s", fast
        yield f"{path.stem}, memory", f"{mb:.0f} MB", "", "", "below 400", small


def faster(what, ours, theirs, least):
    """Return the row of a peer that must take `least` times as long."""
    ratio = theirs / ours
    columns = f"{ratio:.3g} x faster", f"at least {least}", ratio >= least
    return what, clock(ours), clock(theirs), *columns


def clock(seconds):
    """Say a time with three digits and its unit."""
    units = {"s": 1, "ms": 1e-3, "µs": 1e-6}
    unit = next(unit for unit, size in units.items() if seconds >= size)
    return f"{seconds / units[unit]:.3g} {unit}"


def main():
    """Print the table row by row, as it is measured."""
    line = "{:46} {:>9} {:>9}  {:16} {:14} {}"
    print(line.format("what", "ours", "theirs", "ratio", "must be", "reached"))
    sweeps = sweep_in_torch_loops, sweep_compiled, sweep_cold
    for rows in *sweeps, one_step, digits, notebooks:
        for *columns, reached in rows():
            print(line.format(*columns, "yes" if reached else "NO"), flush=True)


if __name__ == "__main__":
    main()
