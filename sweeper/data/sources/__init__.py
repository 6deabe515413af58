"""Sources of data: each is a function `(settings, folder) -> RawData` that the catalogue names.

One that the catalogue marks as `large` takes a third argument, the `Scratch` that keeps its rows on disk.
"""
