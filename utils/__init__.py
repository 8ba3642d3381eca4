"""What the notebooks share: small modules, to be read in an evening, in this order.

costs        landscapes to walk on, each with its gradient
optimizers   how a gradient becomes a step
schedules    learning rates that change with the step
descent      the one loop, and what makes its gradient stochastic
network      a multilayer perceptron, and back-propagation
data         the digits and the words, which are stored here
stats        medians, bands and rankings of runs that may diverge
symptoms     what is wrong with a run, read off its losses
figures      pictures: landscapes, paths, curves, sweeps; one look per optimizer
board        the running problem of the course, and one picture that grows with it
refusals     what cannot be meant, refused in a sentence: for when you meet one
"""
