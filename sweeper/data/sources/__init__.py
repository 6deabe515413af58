"""Sources of data: each is a function `(settings, folder) -> RawData` that the catalogue names."""
