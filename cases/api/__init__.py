"""API of the loop: categories, cases, their moves, events and photos."""
