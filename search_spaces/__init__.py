"""The spaces that come with sweeper."""
