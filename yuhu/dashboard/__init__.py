"""Pages that show several apps; no model and no query of its own."""
