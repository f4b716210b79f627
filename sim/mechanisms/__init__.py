"""Mechanisms: what happens whoever decides. Arithmetic on arrays, nothing of the rest of the house."""
