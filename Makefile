# make lab        open the course; make lab LOCKED=1, with the versions of tools/lock.txt
# make check      try what you have changed, as git knows it, in a minute
# make test       try the course: all that a change can break in it, in eight minutes
# make test-site  try what is made of it: pages, slides, Spanish, sheets, JupyterLite
# make test-seeds its words with other seeds     make test-all   all, with what takes long
# make notebooks  execute and store them; make notebooks ONLY=03, one of them
# make site       build the web edition, with slides and JupyterLite, in build/site;
#                 make site TEACHER=1: with what only a teacher is to see
# make slides     the slides alone           make deck    web/deck.md: 50, 100, 150 minutes
# make class FILE=web/classes/momentum.md    one class, a ready one or your own
#                                            (web/own-class.md)
# make handouts   print each class on paper, as a PDF, in build/site/handouts
# make spanish    after a change of English: update translations/, write notebooks/es;
#                 make catalogues, translations/ alone
# make exam       quizzes and exam problems for Moodle, Canvas, others, in build/exam;
#                 make exam ONLY=05,06 VARIANTS=20
# make homework   sheets for students, in build/homework (web/teacher/homework.md)
# make grade FOLDER=handed    grade them     make report FOLDER=handed   what to repeat
#                 IDS=roster.csv, WORKERS=8, SCHEDULER=tcp://… of Dask, TRUST=1: no wall
#                 these, lab, slides, deck, class and handouts: LANGUAGE=es for Spanish
# make address    write NAME=jane/sgd-adam wherever the course names its address
# make format     tidy the code              make bench   print the tables of speeds
# make lock       write tools/lock.txt anew, with the newest versions
# make clean      remove what make made

PYTHON ?= python3
BIN := .venv/bin

# Two things at a time, where one does not need the other.
MAKEFLAGS += --jobs=2
PYTEST := $(BIN)/python -m pytest
SHORT := -m "not monthly"

# Who builds only slides or handouts is a teacher; a site is for students (tools/course).
EDITION ?= teacher
export EDITION

# What stopped half way is made anew.
.DELETE_ON_ERROR:

.PHONY: lab check test test-site test-seeds test-all notebooks site slides deck class handouts exam homework \
	grade report pages lite spanish catalogues spanish-pages bench format lock \
	address addressed clean

# The language of the system, or make homework LANGUAGE=es; nothing stands for English.
LANGUAGE ?= $(LANG)
SPOKEN = $(filter $(notdir $(wildcard translations/*)),$(firstword \
	$(subst _, ,$(subst :, ,$(LANGUAGE)))))
# The course in Spanish is a whole course in build/es, tools and all, and PYTHONPATH says
# of which of the two a command is; the Spanish site is a folder of the site, es.
COURSE = $(SPOKEN:%=build/%/)
SITE = build/site/$(SPOKEN:%=%/)
RUN = PYTHONPATH="$(CURDIR)/$(COURSE)" $(BIN)/python -P -m

lab: .venv/$(if $(LOCKED),locked,learner)
	$(BIN)/jupyter lab --config=tools/jupyter_server_config.py \
		notebooks/$(SPOKEN:%=%/)00_start_here.ipynb

# While one writes: the tests of what has changed since main (tests/changed.py).
check: .venv/author
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m tests.claims.leftovers
	$(BIN)/python -m tests.claims.looks
	$(PYTEST) --numprocesses=2 $(SHORT) --changed tests

# The folders of pyproject.toml.
test: .venv/author
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(PYTEST) --numprocesses=2 $(SHORT)

# Four processes on two cores: two often wait for a browser.
test-site: site
	$(PYTEST) --numprocesses=4 $(SHORT) tests/browser tests/house tests/teach \
		tests/translations

test-seeds: .venv/author
	$(PYTEST) --numprocesses=2 $(SHORT) tests/seeds

test-all: site
	$(PYTEST) --numprocesses=4 tests

notebooks: .venv/author
	$(BIN)/python -m tools.execute $(if $(ONLY),$(wildcard notebooks/$(ONLY)_*.ipynb))

WRITTEN := notebooks/*.ipynb notebooks/*/*.* utils/*.* classroom/*.* classroom/*/*.* tools/*.*
# The notebooks run, with what moves on a page without a kernel.
LIVE = $(COURSE)build/live/done
build/live/done: $(WRITTEN) tools/site/live.py tools/site/library.py | .venv/web
	$(BIN)/python -m tools.runs
	$(BIN)/python -m tools.site.live
	touch $@

# The course in Spanish as it is written; what shows outputs runs it.
TRANSLATED = $(SPOKEN:%=build/%/translated)
build/es/translated: $(WRITTEN) tools/*/*.* tools/*/*/*.* web/*.* web/*/*.* translations/es/*.* | .venv/author
	$(BIN)/python -m tools.translate.make $(@D)
	touch $@

build/es/build/live/done: SPOKEN = es
build/es/build/live/done: build/es/translated | .venv/web
	rm -rf $(@D)
	$(RUN) tools.runs
	$(RUN) tools.site.live
	touch $@

slides: $(LIVE) build/assets
	$(RUN) tools.site.slides $(COURSE)build/live/*.ipynb

deck: $(LIVE) build/assets
	$(RUN) tools.site.slides $(COURSE)web/deck.md $(COURSE)web/classes/*.md

class: $(TRANSLATED) build/assets
	$(RUN) tools.site.slides $(or $(wildcard $(COURSE)$(FILE)),$(FILE))

exam: .venv/author $(TRANSLATED)
	$(RUN) tools.teach.exam --to build/exam --only "$(ONLY)" \
		--variants $(or $(VARIANTS),5) --secret "$(SECRET)"

homework: .venv/author $(TRANSLATED)
	$(RUN) tools.teach.homework --to build/homework --only "$(ONLY)" \
		--secret "$(SECRET)"

grade: .venv/author $(TRANSLATED)
	$(RUN) tools.teach.grade "$(FOLDER)" --homework build/homework \
		$(if $(IDS),--ids "$(IDS)") $(if $(TRUST),--trust) \
		$(if $(WORKERS),--workers $(WORKERS)) $(if $(SCHEDULER),--scheduler $(SCHEDULER))

report: .venv/author $(TRANSLATED)
	$(RUN) tools.teach.report "$(FOLDER)" $(if $(VOTES),--votes "$(VOTES)") \
		$(if $(INVENTORY),--inventory "$(INVENTORY)")

# Scripts and fonts for the browser.
build/assets: tools/site/assets.py web/requirements.txt | .venv/web
	$(BIN)/python -m tools.site.assets build/site/_static
	touch $@

# Python for the browser; where no network is, from a folder: make site PYODIDE=folder
PYODIDE_LOCK := build/static/pyodide/pyodide-lock.json
$(PYODIDE_LOCK): tools/site/pyodide.py tools/site/compiled.py web/jupyter-lite.json \
		web/requirements.txt | .venv/web
	rm -rf build/wheels $(@D)
	$(BIN)/python -m pip download --quiet --no-deps --dest build/wheels \
		ipywidgets==8.1.9 comm==0.2.3 tqdm==4.70.1
	$(BIN)/python -m tools.site.pyodide $(@D) build/wheels

PRINTED = $(COURSE)build/handouts/$(EDITION)
$(PRINTED)/done: $(LIVE) notebooks/teaching/*.md web/deck.md web/formulas.md \
		tools/teach/handouts.* tools/site/slides.* build/assets
	$(RUN) tools.teach.handouts $(@D) $(dir $(LIVE))*.ipynb \
		$(COURSE)web/deck.md $(COURSE)web/formulas.md
	touch $@

handouts: $(PRINTED)/done
	rm -rf $(SITE)handouts && mkdir -p $(SITE)handouts
	find $(PRINTED) -name "*.pdf" -exec cp {} $(SITE)handouts \;

pages: handouts $(LIVE) build/assets
	rm -rf $(addprefix build/site/,teacher notebooks library _sources)
	$(WRITE_PAGES)

# From what is there: without handouts, if none were printed.
define WRITE_PAGES
	$(RUN) tools.site.source $(COURSE)build/source
	$(RUN) tools.site.library $(COURSE)build/source/library
	rm -f $(SITE)_static/mystnb.*.css  # pruned, it would not be overwritten
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --fresh-env \
		--doctree-dir $(COURSE)build/doctrees --conf-dir $(COURSE)web \
		$(COURSE)build/source $(SITE)
endef

# To print Spanish handouts takes half a minute: make handouts LANGUAGE=es does it first,
# and from then on what has changed is printed with the site.
SPANISH := build/site/es/.$(EDITION)
$(SPANISH): SPOKEN = es
$(SPANISH): build/live/done build/assets translations/es/*.* tools/*/*.* web/*.*
	rm -rf $(@D)
	$(MAKE) --no-print-directory LANGUAGE=es slides deck \
		$(if $(wildcard build/es/build/handouts/$(EDITION)),handouts)
	$(WRITE_PAGES)
	find $(@D) -name "*.html" -not -path "*/slides/*" | xargs sed -i -E \
		"s#(path=|tree/|blob/main/)notebooks/#\1notebooks/es/#g"
	touch $@

spanish-pages: $(SPANISH)

spanish: .venv/author
	$(BIN)/python -m tools.translate.make

catalogues: .venv/author
	$(BIN)/python -m tools.translate.catalogue

lite: $(PYODIDE_LOCK)
	rm -rf build/lite build/site/lite && mkdir -p build/lite
	cp -r notebooks utils classroom requirements.txt CITATION.cff build/lite
	rm -rf build/lite/notebooks/teaching
	cp web/jupyter-lite.json build
	rm -rf build/lite/notebooks/problems  # exam problems are the teacher's
	rm -f build/.jupyterlite.doit.db  # or a second build forgets these settings
	find build/lite -name __pycache__ -o -name .ipynb_checkpoints | xargs rm -rf
	cd build && ../$(BIN)/jupyter lite build --contents lite --output-dir site/lite \
		--no-sourcemaps --no-unused-shared-packages \
		> lite.log || (cat lite.log && false)
	cd build/site/lite/build && rm fa-*.eot fa-*.svg fa-*.ttf  # woff2 is enough
	cat web/waiting.js >> build/site/lite/config-utils.js

# What is published must know its address; said before anything is built.
addressed:
	@$(PYTHON) -m tools.address published $(GITHUB_REPOSITORY)

# JupyterLite first: pages have its buttons where it could be built.
site: addressed
	@$(MAKE) --no-print-directory lite || { rm -rf build/site/lite; \
		echo "This site is built without JupyterLite, and without its buttons."; }
	@$(MAKE) --no-print-directory EDITION=$(if $(TEACHER),teacher,students) \
		LANGUAGE=en slides deck pages spanish-pages
	@echo "Open build/site/index.html, or copy build/site to a server or a stick."

bench: .venv/peers
	$(BIN)/python -m tools.bench.speeds
	$(BIN)/python -m tools.bench.sliders

format: .venv/author
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# uv, because pip resolves for the machine alone on which it runs.
lock: .venv/author
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--no-annotate --custom-compile-command "make lock" \
		--output-file tools/lock.txt requirements.txt .binder/requirements.txt

address:
	$(PYTHON) -m tools.address $(NAME)

clean:
	rm -rf .venv build .pytest_cache .ruff_cache .hypothesis

# The empty files .venv/learner, locked, author, web, peers say what is installed.
.venv/learner: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -r requirements.txt
	touch $@

# A container has its packages already, behind a link (.devcontainer).
.venv/locked: requirements.txt tools/lock.txt
	test -e .venv || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -r requirements.txt -c tools/lock.txt
	touch .venv/learner $@

.venv/author: .venv/learner tests/requirements.txt
	$(BIN)/python -m pip install --quiet -r tests/requirements.txt
	touch $@

.venv/web: .venv/author web/requirements.txt
	$(BIN)/python -m pip install --quiet -r web/requirements.txt
	touch $@

.venv/peers: .venv/author tools/bench/requirements.txt
	$(BIN)/python -m pip install --quiet -r tools/bench/requirements.txt
	touch $@
