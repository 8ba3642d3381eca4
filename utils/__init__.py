"""What the notebooks share: small modules, meant to be read.

costs, data, network, optimizers, schedules, descent   the numerical engine (NumPy)
figures                                                pictures that stand still
sliders                                                pictures that move
questions                                              predictions and quizzes
checks                                                 exercise checks
start                                                  what the first cells start
"""
