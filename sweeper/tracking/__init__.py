"""What is kept of a sweep: its home, the spools (the truth), and their projections to MLflow and Optuna."""
