"""Numbers for Prometheus at ``/metrics``: never a name, a case, an address or a token in a label.

``counters`` (what this process counts as it works), ``shared`` (all processes of a machine as one), ``gauges`` (what
the database says at the moment of asking), ``views`` (the door). What to alarm on: docs/operations.md.
"""
