"""Formats that are read or written, one package or file each; none knows another."""
