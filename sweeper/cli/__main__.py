"""`python -m sweeper.cli`, where no `sweep` is installed."""

from sweeper.cli.main import main

if __name__ == "__main__":
    main()
