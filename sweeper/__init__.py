"""sweeper: hyperparameter experiments for Keras from the terminal."""

__version__ = "0.1.0"
