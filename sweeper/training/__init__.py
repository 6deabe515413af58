"""Training: programs (whole epochs, compiled once for each structure), trials, and the worker that runs them."""
