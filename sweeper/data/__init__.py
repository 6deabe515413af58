"""Data sets: read, split, encoded and standardized once, then memory-mapped by every worker.

sources/     a source a file: what it reads becomes one `RawData`
raw          that value
scratch      rows on disk while they are prepared, for what may be larger than memory
pieces       rows some at a time
checks       rows and numbers that nothing could learn from are refused
targets      which task it is, and targets as classes or numbers
split        which row belongs to which part
folds        the same for each fold of a cross-validation
columns      tables: text as columns of 0 and 1, blanks filled; fitted on the training part alone
scaling      mean and deviation, fitted on the training part alone
storing      arrays on disk, and their digest
prepare      all of the above, in a short-lived process
arrays       the stored arrays as a worker sees them
streams      the same in chunks, shuffled, read ahead of use
"""
