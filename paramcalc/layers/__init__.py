"""The layers, one file a family. Import them from `paramcalc`."""
