"""Signals for higher apps, which this app does not import."""

from django.dispatch import Signal

# Sent with `workspace` before its rows are erased. A receiver returns whether everything of its app is gone.
workspace_erasing = Signal()
