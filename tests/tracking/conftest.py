"""Stores that are there at once."""

from tests.quick_stores import quick_stores

__all__ = ["quick_stores"]
