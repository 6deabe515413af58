"""How things look in a terminal: words, numbers, sparklines, tables, the live display and its plain twin."""
