"""World: what exists. Rows and their links, what is true this week, how it may be bent, what may be known."""
