"""Publish: delivered files, manifest and gallery."""
