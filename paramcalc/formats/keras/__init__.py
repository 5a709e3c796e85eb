"""Keras's model files: read and written without Keras."""
