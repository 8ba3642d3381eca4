# make lab        open the course            make test    run everything that CI runs
# make notebooks  execute and store them     make bench   print the table of speeds
# make format     tidy the code              make clean   remove what make made

PYTHON ?= python3
BIN := .venv/bin

# One BLAS thread: the matrices are small.  No progress bars in stored outputs.
export OPENBLAS_NUM_THREADS = 1
export OMP_NUM_THREADS = 1
export TQDM_DISABLE = 1
# A warning in a notebook or a test is an error; not two of the kernel's own, at its
# shutdown and, from Python 3.12 on, at its start.
STRICT := PYTHONWARNINGS="error,ignore::PendingDeprecationWarning,ignore:There is no \
current event loop:DeprecationWarning"

.PHONY: lab test notebooks bench format clean

lab: .venv/learner
	TQDM_DISABLE=0 $(BIN)/jupyter lab --config=tools/jupyter_server_config.py \
		notebooks/00_start_here.ipynb

test: .venv/author
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(STRICT) $(BIN)/python -m pytest

notebooks: .venv/author
	$(STRICT) $(BIN)/python tools/execute.py

bench: .venv/peers
	$(BIN)/python tools/bench.py
	$(BIN)/python tools/bench_sliders.py

format: .venv/author
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis

# The empty files .venv/learner, .venv/author, .venv/peers say what is installed.
.venv/learner: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -r requirements.txt
	touch $@

.venv/author: .venv/learner tests/requirements.txt
	$(BIN)/python -m pip install --quiet -r tests/requirements.txt
	touch $@

.venv/peers: .venv/author tools/bench-requirements.txt
	$(BIN)/python -m pip install --quiet -r tools/bench-requirements.txt
	touch $@
