"""Pages of the duties for those who have no desk."""
