"""Runs `bin/test`: starts servers on free loopback ports, and runs every check of the project."""
