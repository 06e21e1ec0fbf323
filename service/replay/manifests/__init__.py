"""The manifests of whole exports, and the journals of unfinished ones."""
