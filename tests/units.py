"""What two processes share out: tests that need one thing that takes long to make."""

import re

from xdist.scheduler import LoadScopeScheduling

from tests.changed import NUMBER

PART = re.compile(rf"\[([\w/]+\.html)|{NUMBER.pattern}")
COURSE_IN_SPANISH = "test_edition.py", "test_teaching.py"
JUPYTERLAB = "test_browser.py", "test_predictions.py"
CELLS = "/claims/", "/test_code.py"  # the names that cells leave
RUNS = "/test_runs.py", "/test_smoke.py"  # what a kernel makes of them


class Units(LoadScopeScheduling):
    """A unit is a file; where tests name a notebook or a page, its part of the file."""

    def _split_scope(self, nodeid):
        file, part = nodeid.split("::")[0], PART.search(nodeid)
        part = part and next(filter(None, part.groups()))
        if file.endswith((*COURSE_IN_SPANISH, *JUPYTERLAB)):
            return "Spanish" if file.endswith(COURSE_IN_SPANISH) else "JupyterLab"
        for shared in CELLS, RUNS:
            if part and any(name in file for name in shared):
                return f"{shared} {part}"
        return f"{file} {part}"
