"""How a rule refuses: in sentences that say the rule, the place and the remedy."""

import pytest


def demand(holds, sentence):
    """Demand that a rule holds; else fail with a sentence, and nothing of the code."""
    if not holds:
        pytest.fail(sentence, pytrace=False)


def demand_none(faults):
    """Demand that there is no fault; else fail with all of them, one a line."""
    faults = [*faults]
    demand(not faults, "\n".join(faults))
