"""Ytterby: supply disruption in the rare-earth and permanent-magnet chain."""

__version__ = "0.1.0"
