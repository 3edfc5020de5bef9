"""API of areas: streets, communities, blocks, the block of a point, and the map's outlines."""
