"""App: scenarios in the browser. Pick, drag, run, compare, take away; the library does the work."""
