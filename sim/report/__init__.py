"""Report: a run or a study as one page that anyone can read."""
