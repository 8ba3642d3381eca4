"""The glossary, the sheet and the deck: no sentence of them is turned round.

Each part is followed by its words, as in HELD of a notebook; what holds them is beside
the page: a word's cell, the cells of a row, the tests of a line of the class.
"""

import pytest

from tests.claims import said

HELD = {
    "notebooks/glossary.md": {
        "Activation": "#0ac1",
        "Adafactor": "Adafactor Adafactor Adam only row column #fe02",
        "AdaGrad": "AdaGrad AdaGrad Divides all #0eb6",
        "Adam": "Adam Adam momentum divided both corrected start #625d",
        "AdamW": "AdamW AdamW Adam shrinks outside #f29b",
        "AMSGrad": "AMSGrad AMSGrad Adam divides largest #f29b",
        "Averaging": "last #f6ec",
        "Back-propagation": "rule #0ac1",
        "Band": "all #f6ec",
        "Barrier": "#f6ec",
        "Batch": "#f6ec",
        "Batch size": "#f6ec",
        "Bias": "adds inputs #0ac1",
        "Bias correction": "Dividing #625d",
        "Bigram": "Two row before #fe02",
        "Border of stability": "Border beyond larger gradient descent Adam #0d6e",
        "Central difference": "#686a",
        "Clipping": "longer shortened #f29b",
        "Condition number": "largest divided smallest #38ff",
        "Conjugate gradients": "Momentum no lower #a0c8",
        "Convex": "above two #f6ec",
        "Cosine schedule": "falls half #f6ec",
        "Cost": "small #0ac1",
        "Cross-entropy": "#0ac1",
        "Curvature": "#0ac1",
        "Decade": "ten #a4bf",
        "Decay": "fall #1f86",
        "Decay rate": "fades close remembers #49a2",
        "Descent lemma": "gradient descent least #7b10",
        "Diverge": "all grows no more #5ce5",
        "Double root": "Double Two equal grows #a0c8",
        "Edge of stability": "border #c356",
        "Eigenvector": "only #a0c8",
        "Embedding": "#fe02",
        "Entropy": "least #fe02",
        "Epoch": "all #f6ec",
        "Epsilon": "divides only #7d62",
        "Error of a layer": "#0ac1",
        "Exploding gradient": "multiplies above #e3ab",
        "Gap": "above #f6ec",
        "Generalization gap": "#a4bf",
        "Gradient descent": "Gradient descent #1d97",
        "Grid search": "all #f29b",
        "Heavy ball": "momentum #4548",
        "Hessian": "#0ac1",
        "Hidden layer": "inputs output #0ac1",
        "Hyper-parameter": "before #f29b",
        "Initialization scale": "first inputs #0ac1",
        "Interpolation": "all no single #f6ec",
        "Layer": "all same inputs #0ac1",
        "Learning rate": "#5ce5",
        "Linear scaling rule": "rule grow same #695f",
        "Lion": "Lion Lion #fe02",
        "Local minimum": "lower all not lower other #0ac1",
        "Mean square": "#0eb6",
        "Memory": "#a573",
        "Moment": "first #5892",
        "Momentum": "Momentum added faded #a0c8",
        "Muon": "Muon Muon Momentum #fe02",
        "Nesterov momentum": "Nesterov momentum Nesterov Momentum #a0c8",
        "Network": "#0ac1",
        "Nine-to-one drift": "Nine RMSprop #3479",
        "Noise": "#cc23",
        "Noise floor": "#f6ec",
        "One-hot": "#72a1",
        "Optimizer": "rule #5ce5",
        "Overfitting": "large #a4bf",
        "Paired comparison": "Two within #a4bf",
        "Parameter": "#0ac1",
        "Plateau": "#0ac1",
        "Protocol": "before first #f29b",
        "Pseudo-inverse": "least smallest #a4bf",
        "Random search": "Random random #f29b",
        "Rare feature": "Rare input most seldom #3479",
        "Ravine": "steep #0ac1",
        "ReLU": "nothing below above #02a0",
        "Replacement": "twice #f6ec",
        "RMSprop": "RMSprop RMSprop Divides #0eb6",
        "Root mean square": "#0eb6",
        "Rprop": "grows #0eb6",
        "Saddle": "both #0ac1",
        "Sample": "input all #f6ec",
        "Saturated": "hardly inputs #0ac1",
        "Schedule": "#f6ec",
        "Schedule-Free": "Schedule-Free Schedule-Free falling #fe02",
        "Score": "last before #0ac1",
        "Seed": "random start same same #5ce5",
        "Sharpness": "largest #5892",
        "Shrink factor": "Shrink #a0c8",
        "Shuffle": "#f6ec",
        "Sigmoid": "#3e16",
        "Sign descent": "Sign descent #0eb6",
        "Smoothness (L)": "no above #f6ec",
        "Softmax": "divided all #0ac1",
        "Standard error": "only #a4bf",
        "Step length": "#5892",
        "Stochastic gradient": "random #f6ec",
        "Swing": "#a0c8",
        "tanh": "rises both ends #3595",
        "Temperature": "two #6d28",
        "Test set": "before end once #a4bf",
        "Token": "#fe02",
        "Training set": "#a4bf",
        "Tuning": "best other #a4bf",
        "Unbiased": "Right #f6ec",
        "Unit": "adds inputs #0ac1",
        "Validation set": "kept #a4bf",
        "Valley": "end same #0ac1",
        "Vanishing gradient": "multiplies below nothing left #e3ab",
        "Velocity": "momentum keeps all faded #a0c8",
        "Warm-up": "first #c854",
        "Weight": "input #0ac1",
        "Weight decay": "small added #f29b",
        "Window": "within best #a4bf",
        "Winner's curse": "best worse #f29b",
        "Zipf's law": "often first #1768",
    },
    "web/deck.md": {
        "Stochastic gradient and Adam": "Adam grew three end",
        "1 · The problem": "rule #8b8e",
        "2 · Challenges": "four all border best #b510",
        "3 · Stochastic gradient": "SGD random #8ada",
        "4 · For": "fast fast three three three #ca4c",
        "5 · Against": "Two two smaller #d8da",
        "6 · Class break! Any questions?": "double both keeps border #ce20",
        "7 · Adam": "Adam momentum RMSprop #9a98",
        "A step for each parameter": (
            "RMSprop keeps divides only left Nothing above below same Momentum "
            "remembers RMSprop #e747"
        ),
        "8 · Widely used": "Adam momentum RMSprop #a381",
        "9 · What it answers": (
            "Adam addresses SGD two beyond border SGD Adam cannot divides Adam "
            "both #f386"
        ),
        "10 · How it works": "first #54ac",
        "11 · Formulas": "start divide #f23c",
        "12 · For": "fast all #c8ed",
        "13 · Against": "larger Adam SGD not Two #31d9",
        "14 · Class break! Any questions? · 100": "SGD Adam both both #5fc7",
        "15 · Analysis of results": "both #edc9",
        "16 · Any questions?": "ten SGD Adam ten #5795",
    },
    "web/formulas.md": {
        "Formulas, defaults, choices": "All before row leads #7002",
        "The rules": (
            "gradient descent SGD momentum Nesterov momentum sign descent "
            "AdaGrad RMSprop Adam corrected AdamW AMSGrad Adam divides largest "
            "Lion Muon Schedule-Free all two #ba30"
        ),
        "What holds": (
            "gradient descent only best momentum momentum shrinks two momentum "
            "SGD all small none start half momentum Adam RMSprop not RMSprop "
            "first RMSprop Adam nine Adam without longer longest border large "
            "RMSprop longer AdamW Adam best below two random same same more SGD "
            "first often row gradient descent #210d"
        ),
        "Ranges to try": (
            "small not end best four Adam SGD never above longer rare wins SGD "
            "first nine Eight #d994"
        ),
        "When to use what": (
            "ten Adam momentum same ten fast mini-batch first fewer momentum "
            "right rare RMSprop Adam same all falls Adam lower large rare large "
            "longer AMSGrad AdamW no Schedule-Free two small #957a"
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
