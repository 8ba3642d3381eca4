"""What the notebooks share: small modules, meant to be read.

costs, data, network, optimizers, schedules, descent   the numerical engine (NumPy)
stats                                                  statistics of runs; NaN is worst
figures, alt, png                                      still pictures, and their words
sliders                                                pictures that move
questions                                              predictions and quizzes
checks, calls, slips                                   exercise checks
record, way                                            what was answered; how far
start                                                  what the first cells start
"""
