import platform
import sys

# checks.injection is for Linux on x86-64 alone; elsewhere its check says so and fails.
COVERED = sys.platform == "linux" and platform.machine() == "x86_64"
collect_ignore = [] if COVERED else ["test_injection.py"]
