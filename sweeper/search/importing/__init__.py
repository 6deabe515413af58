"""Training curves that another program made become a sweep: tables are read, given a meaning, checked, and written at once."""
