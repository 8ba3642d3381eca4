# make lab        open the course            make test    run everything that CI runs
# make notebooks  execute and store them     make bench   print the table of speeds
# make site       build the web edition, with slides and JupyterLite, in build/site
# make slides     the slides alone           make deck    the one class of web/deck.md
# make address    write NAME=jane/sgd-adam wherever the course names its address
# make format     tidy the code              make clean   remove what make made

PYTHON ?= python3
BIN := .venv/bin

# One BLAS thread: the matrices are small.
export OPENBLAS_NUM_THREADS = 1
export OMP_NUM_THREADS = 1
# A warning in a notebook or a test is an error; not two of the kernel's own, at its
# shutdown and, from Python 3.12 on, at its start.
STRICT := PYTHONWARNINGS="error,ignore::PendingDeprecationWarning,ignore:There is no \
current event loop:DeprecationWarning"

.PHONY: lab test notebooks site slides deck bench format address addressed clean

lab: .venv/learner
	$(BIN)/jupyter lab --config=tools/jupyter_server_config.py \
		notebooks/00_start_here.ipynb

test: site
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(STRICT) $(BIN)/python -m pytest

notebooks: .venv/author
	$(STRICT) $(BIN)/python -m tools.execute

# The notebooks executed again, with what moves on a page without a kernel.
LIVE := $(patsubst notebooks/%,build/live/%,$(wildcard notebooks/*.ipynb))

build/live/%.ipynb: notebooks/%.ipynb utils/*.py tools/live.py tools/execute.py \
		| .venv/web
	$(STRICT) $(BIN)/python -m tools.live $< $@

slides: $(LIVE) build/assets
	$(BIN)/python -m tools.slides $(LIVE)

deck: $(LIVE) build/assets
	$(BIN)/python -m tools.slides web/deck.md

# Scripts and fonts for the browser, and the wheels that JupyterLite installs.
build/assets: tools/assets.py web/requirements.txt | .venv/web
	$(BIN)/python -m tools.assets build/site/_static
	$(BIN)/python -m pip download --quiet --no-deps --dest build/wheels \
		ipywidgets==8.1.9 jupyterlab_widgets==3.0.17 comm==0.2.3 tqdm==4.70.1
	touch $@

# What is published must know its address; said before anything is built.
addressed:
	@$(PYTHON) -m tools.address published $(GITHUB_REPOSITORY)

site: addressed slides deck
	rm -rf build/source build/lite && mkdir -p build/source build/lite
	cp -r web/*.md web/slider.gif notebooks build/source
	cp $(LIVE) build/source/notebooks
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --fresh-env \
		--doctree-dir build/doctrees --conf-dir web build/source build/site
	cp -r notebooks utils requirements.txt CITATION.cff build/lite
	cp web/jupyter-lite.json build
	rm -f build/.jupyterlite.doit.db  # or a second build forgets these settings
	rm -rf build/lite/*/__pycache__ build/lite/*/.ipynb_checkpoints
	cd build && ../$(BIN)/jupyter lite build --contents lite --output-dir site/lite \
		--piplite-wheels wheels --no-sourcemaps --no-unused-shared-packages \
		> lite.log || (cat lite.log && false)
	@echo "Open build/site/index.html, or copy build/site to a server or a stick."

bench: .venv/peers
	$(BIN)/python -m tools.bench
	$(BIN)/python -m tools.bench_sliders

format: .venv/author
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

address:
	$(PYTHON) -m tools.address $(NAME)

clean:
	rm -rf .venv build .pytest_cache .ruff_cache .hypothesis

# The empty files .venv/learner, author, web, peers say what is installed.
.venv/learner: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -r requirements.txt
	touch $@

.venv/author: .venv/learner tests/requirements.txt
	$(BIN)/python -m pip install --quiet -r tests/requirements.txt
	touch $@

.venv/web: .venv/author web/requirements.txt
	$(BIN)/python -m pip install --quiet -r web/requirements.txt
	touch $@

.venv/peers: .venv/author tools/bench-requirements.txt
	$(BIN)/python -m pip install --quiet -r tools/bench-requirements.txt
	touch $@
