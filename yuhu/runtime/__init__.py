"""The processes that run the system: web server, sweeper, messages between machines.

An app of its own, at the top beside ``yuhu.urls``: starting, watching and preparing processes spans every app,
and no app may know that it runs in one. No models, no rules of the domain.
"""
