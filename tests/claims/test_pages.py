"""The glossary, the sheet and the deck: no sentence of them is turned round.

Each part is followed by its words, as in HELD of a notebook; what holds them is beside
the page: a word's cell, the cells of a row, the tests of a line of the class.
"""

import pytest

from tests.claims import said

HELD = {
    "notebooks/glossary.md": {
        "Adafactor": "Adafactor Adafactor Adam only row column",
        "AdaGrad": "AdaGrad AdaGrad Divides all",
        "Adam": "Adam Adam momentum divided both corrected start",
        "AdamW": "AdamW AdamW Adam shrinks outside",
        "AMSGrad": "AMSGrad AMSGrad Adam divides largest",
        "Averaging": "last",
        "Back-propagation": "rule",
        "Band": "all",
        "Bias": "adds inputs",
        "Bias correction": "Dividing",
        "Bigram": "Two row before",
        "Border of stability": "Border beyond larger gradient descent Adam",
        "Central difference": "#88d8",
        "Clipping": "longer shortened",
        "Condition number": "largest divided smallest #94b3",
        "Conjugate gradients": "Momentum no lower",
        "Convex": "above two",
        "Cosine schedule": "falls half",
        "Cost": "small",
        "Decade": "ten",
        "Decay": "fall",
        "Decay rate": "fades close",
        "Descent lemma": "gradient descent least #44ad",
        "Diverge": "all grows no more",
        "Double root": "Double Two equal grows",
        "Edge of stability": "border",
        "Eigenvector": "only",
        "Entropy": "least",
        "Epoch": "all",
        "Epsilon": "divides only",
        "Exploding gradient": "grows",
        "Gap": "above",
        "Gradient descent": "Gradient descent #cfbd",
        "Grid search": "all",
        "Heavy ball": "momentum #de04",
        "Hidden layer": "inputs output",
        "Hyper-parameter": "before",
        "Initialization scale": "first inputs",
        "Interpolation": "all no single",
        "Layer": "all same inputs",
        "Linear scaling rule": "rule grow same",
        "Lion": "Lion Lion",
        "Local minimum": "lower all not lower other",
        "Moment": "first",
        "Momentum": "Momentum added faded",
        "Muon": "Muon Muon Momentum",
        "Nesterov momentum": "Nesterov momentum Nesterov Momentum",
        "Nine-to-one drift": "Nine RMSprop",
        "Optimizer": "rule",
        "Overfitting": "large",
        "Paired comparison": "Two within",
        "Protocol": "before first",
        "Pseudo-inverse": "least smallest",
        "Random search": "Random random",
        "Rare feature": "Rare input most seldom",
        "Ravine": "steep",
        "ReLU": "nothing below above #4746",
        "Replacement": "twice",
        "RMSprop": "RMSprop RMSprop Divides",
        "Rprop": "grows",
        "Saddle": "both",
        "Sample": "input all",
        "Saturated": "hardly inputs",
        "Schedule-Free": "Schedule-Free Schedule-Free falling",
        "Score": "last before",
        "Seed": "random start same same",
        "Sharpness": "largest",
        "Shrink factor": "Shrink",
        "Sign descent": "Sign descent",
        "Smoothness (L)": "no above",
        "Softmax": "divided all",
        "Standard error": "only",
        "Stochastic gradient": "random",
        "tanh": "rises both ends",
        "Temperature": "two",
        "Test set": "before end once",
        "Tuning": "best other",
        "Unbiased": "Right",
        "Unit": "adds inputs",
        "Validation set": "kept",
        "Valley": "end same",
        "Vanishing gradient": "shrinks nothing left",
        "Velocity": "momentum keeps all faded",
        "Warm-up": "first",
        "Weight": "input",
        "Weight decay": "shrinks small adds",
        "Window": "within best",
        "Winner's curse": "best worse",
        "Zipf's law": "often first",
    },
    "web/deck.md": {
        "Stochastic gradient and Adam": "Adam grew three end",
        "1 · The problem": "rule",
        "2 · Challenges": "four all border best #16f2",
        "3 · Stochastic gradient": "SGD random",
        "4 · For": "fast fast three three three",
        "5 · Against": "Two two smaller",
        "6 · Class break! Any questions?": "double both keeps border",
        "7 · Adam": "Adam momentum RMSprop",
        "A step for each parameter": (
            "RMSprop keeps divides only left Nothing above below same Momentum "
            "RMSprop #5169"
        ),
        "8 · Widely used": "Adam momentum RMSprop #9ebc",
        "9 · What it answers": (
            "Adam addresses SGD two beyond border SGD Adam cannot divides Adam both"
        ),
        "10 · How it works": "first #b33e",
        "11 · Formulas": "start divide #6898",
        "12 · For": "fast all",
        "13 · Against": "larger Adam SGD not Two",
        "14 · Class break! Any questions? · 100": "SGD Adam both both #38cb",
        "15 · Analysis of results": "both",
        "16 · Any questions?": "ten SGD Adam ten",
    },
    "web/formulas.md": {
        "Formulas, defaults, choices": "All before row leads #7002",
        "The rules": (
            "gradient descent SGD momentum Nesterov momentum sign descent "
            "AdaGrad RMSprop Adam corrected AdamW AMSGrad Adam divides largest "
            "Lion Muon Schedule-Free all two #1256"
        ),
        "What holds": (
            "gradient descent only best momentum momentum shrinks two momentum "
            "SGD all small none start half momentum Adam RMSprop not RMSprop "
            "first RMSprop Adam nine Adam without longer longest border large "
            "RMSprop longer AdamW Adam best below two random same same more SGD "
            "first often row gradient descent #312b"
        ),
        "Ranges to try": (
            "small not end best four Adam SGD never above longer rare wins SGD "
            "first nine Eight #6344"
        ),
        "When to use what": (
            "ten Adam momentum same ten fast mini-batch first fewer momentum "
            "right rare RMSprop Adam same all falls Adam lower large rare large "
            "longer AMSGrad AdamW no Schedule-Free two small #50c6"
        ),
    },
}
PAGES = {
    "notebooks/glossary.md": "the cell that it names",
    "web/deck.md": "COVERAGE of test_deck",
    "web/formulas.md": "the cells of its rows",
}


@pytest.mark.parametrize("page", PAGES)
def test_no_sentence_of_a_page_is_turned_round(page):
    held = {part: (words, PAGES[page]) for part, words in HELD[page].items()}
    faults = "\n".join(said.moved(page, held, globals()))
    assert not faults, faults
