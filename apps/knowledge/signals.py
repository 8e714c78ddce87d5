"""What this app tells higher ones, which it does not know."""

from django.dispatch import Signal

# Sent with `collection_id` when the last file that was on its way into a collection is published.
collection_ingested = Signal()
