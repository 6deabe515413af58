"""What there is to choose from, declared once and without Keras: read by the space reader, signatures, help and docs."""
