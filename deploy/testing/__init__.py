"""What `bin/test` runs: servers of its own on free loopback ports, and every check of the project."""
