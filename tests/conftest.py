"""Settings for all tests."""

import matplotlib
from hypothesis import settings

matplotlib.use("Agg")

# The same examples on every machine, and nothing kept from run to run.
settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.load_profile("same")
