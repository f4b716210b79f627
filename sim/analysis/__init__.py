"""Analysis: numbers into findings. Sees a result, never the model."""
