"""Reference data: what the law, the vaccines and the map say. The files lie in `data`, their sources in its README."""
