"""How facts are written down, one file a format. Facts come in, text goes out; nothing is computed here."""
