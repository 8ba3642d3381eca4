"""What the first cell of every notebook starts: language, pictures, record.

The cell itself holds what a notebook needs that is alone: where the course is.
"""

import os
import subprocess
import sys

from classroom import language, pictures, record  # noqa: F401
from classroom.course import notebooks

if colab := sys.modules.get("google.colab"):
    pip = [sys.executable, "-m", "pip", "install", "-q", "ipywidgets>=8.1"]
    subprocess.run(pip, check=True)
    os.chdir(notebooks())  # where the quizzes are
    colab.output.enable_custom_widget_manager()
record.begin()
