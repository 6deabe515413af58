"""How training goes: divergence, jumps, learning rates, and the signal in the network."""
