"""Proofpress: campaign YAML in, proofread creatives out."""
