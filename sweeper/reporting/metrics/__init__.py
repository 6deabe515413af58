"""What is measured on a sweep's curves: values first, sentences and figures later."""
