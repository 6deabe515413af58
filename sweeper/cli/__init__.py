"""The command line: a command a file, each of which parses, makes one call and prints.

`main` finds the commands; `screen/` holds how things look in a terminal, `checks/` what `doctor` looks at. Whatever is
slow to import (rich, pandas, optuna, a YAML reader) is imported inside the functions that need it, so that `sweep --help`
pays for Click alone.
"""
