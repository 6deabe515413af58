"""Update rules as pure functions of arrays, equal to Keras's own (twin tests hold them so)."""
