"""Activations by Keras's names. All are without a parameter, so each is one word; the choice is structure."""

ACTIVATIONS = (
    "relu", "tanh", "sigmoid", "linear", "elu", "selu", "gelu", "silu", "softplus", "softsign", "leaky_relu", "relu6",
    "mish", "hard_sigmoid", "hard_silu", "exponential", "celu", "hard_tanh", "log_sigmoid", "squareplus", "tanh_shrink",
)  # fmt: skip
