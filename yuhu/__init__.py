"""The project: settings, addresses, processes, and what spans the apps."""
