"""What was done, and how: the run, every trial, the methods, the words."""
