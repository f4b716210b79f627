"""Faces: what the command shows. Sentences and tables made from the library's answers."""
