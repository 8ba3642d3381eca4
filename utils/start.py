"""What the first cell of every notebook starts: on Colab, all that it lacks.

The cell itself holds what a notebook needs that is alone: where the course is.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

if colab := sys.modules.get("google.colab"):
    pip = [sys.executable, "-m", "pip", "install", "-q", "ipywidgets>=8.1"]
    subprocess.run(pip, check=True)
    os.chdir(ROOT / "notebooks")  # where the quizzes are
    colab.output.enable_custom_widget_manager()
