"""Calibration: which sets of a few numbers fit the training facts, found without a likelihood and reported with all their modes."""
