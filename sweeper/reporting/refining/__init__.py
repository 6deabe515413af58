"""What the next space should be: changes to a sweep's space, each with the finding that it rests on."""
