"""What is offered: counters and the catalogue of service items."""
