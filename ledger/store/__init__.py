"""Where the log is kept: a store behind a URL."""
