"""`train.py`: a plain Keras script that trains one trial. A section a file; `writing` puts them together.

Whatever comes from a user (names of columns, texts, paths) stands in the code as a Python literal, or in a comment on one line.
"""
