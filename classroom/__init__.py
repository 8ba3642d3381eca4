"""What makes a notebook answer: it asks, moves, remembers, and says so.

start       what the first cell of every notebook starts
course      where the course lies, and what it says of itself
language    the reader's language
pictures    a figure in words, and as a PNG
sliders     pictures that move
questions   predictions and quizzes
puzzles     lines to be put in order
rules       what is right, and what is told of it
record      what was answered
progress    how far the reader is
mistakes/   exercise checks that name the mistake; a package of its own
"""
