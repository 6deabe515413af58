"""Search spaces: files and functions in, `SearchSpace` out; and our own draws over its tree."""

from sweeper.spaces.describe import Description, describe
from sweeper.spaces.draws import Design, design
from sweeper.spaces.opening import read_space
from sweeper.spaces.resolving import Drawn, Suggest
from sweeper.spaces.space import Budget, Method, SearchSpace
from sweeper.spaces.tree import Range

__all__ = [
    "Budget",
    "Description",
    "Design",
    "Drawn",
    "Method",
    "Range",
    "SearchSpace",
    "Suggest",
    "describe",
    "design",
    "read_space",
]
