"""Settings: `base` for all, `embedded` for `make run`, `test`, `production`."""
