"""Model families, a file each: `build(settings, regularization, input_shape, outputs) -> keras.Model`, not compiled.

`settings` is the family's part of a configuration, `regularization` that group: a family puts in the layers of what is
present there. The last layer is linear: logits for classes, values for regression. Hidden activations are layers of their own
whose names begin with `activation`, which is where diagnostics look.
"""
