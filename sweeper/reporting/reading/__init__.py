"""Reading a sweep from MLflow: which sweep, its trials' runs, and their metrics over epochs. Nothing is ever written."""
