"""Where: district, streets, communities, blocks."""
