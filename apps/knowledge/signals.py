"""Signals for higher apps, which this app does not import."""

from django.dispatch import Signal

# Sent with `collection_id` when the last open file of a collection is published.
collection_ingested = Signal()
