"""The project: settings, addresses, processes, and what spans the apps."""

# The release, as CHANGELOG.md names it.
VERSION = "0.1.0"
