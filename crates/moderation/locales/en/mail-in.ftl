flag-raw-dropped = The raw mail was deleted after its retention period.
