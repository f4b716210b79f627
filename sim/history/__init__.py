"""History: replays of what happened, held against what was seen, with a score card that is never tuned to green."""
