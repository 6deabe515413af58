"""Signal health: what can be read from activations and gradients of a network."""
