"""Scenarios: the question asked. Worlds, events, policies and horizon, read, checked and spelled out."""
