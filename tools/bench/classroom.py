"""A class on one machine: how long, and how much memory, for many kernels at once.

    python -m tools.bench.classroom [students] [notebook]

Each student runs all cells at the same moment, which is the worst that a class can do.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
import psutil

from tools.browser import jupyter
from tools.course import ROOT
from tools.runs import client


def children():
    """Return the memory of each child process, in MB, shared pages counted once."""
    sizes = []
    for child in psutil.Process().children():
        try:
            sizes.append(child.memory_full_info().pss / 1e6)
        except psutil.NoSuchProcess:
            continue
    return sizes


def student(path):
    """Run all cells of a notebook."""
    client(nbformat.read(path, as_version=4), path.parent).execute()


def measure(students, path):
    """Return (seconds, the most MB in all, the most MB of one kernel)."""
    total = largest = 0
    began = time.perf_counter()
    with ThreadPoolExecutor(students) as pool:
        runs = [pool.submit(student, path) for _ in range(students)]
        while not all(run.done() for run in runs):
            sizes = children()
            total, largest = max(total, sum(sizes)), max([largest, *sizes])
            time.sleep(0.5)
        for run_ in runs:
            run_.result()
    return time.perf_counter() - began, total, largest


if __name__ == "__main__":
    students, name = [
        *sys.argv[1:],
        *["20", "06_sgd_against_adam"][len(sys.argv) - 1 :],
    ]
    path = ROOT / "notebooks" / f"{name}.ipynb"
    with jupyter():
        print(f"a student's JupyterLab, without a kernel: {sum(children()):.0f} MB")
    for count in 1, int(students):
        seconds, total, largest = measure(count, path)
        print(
            f"{count:3} kernels on {psutil.cpu_count()} cores: {seconds:4.0f} s, "
            f"{total:5.0f} MB in all, at most {largest:4.0f} MB one"
        )
