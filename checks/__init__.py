"""Black-box checks of a running Quoth: HTTP, WebSocket, files and signals only. Nothing of the product is imported."""
