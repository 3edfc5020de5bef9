"""What leaves the house: notices to people, one ledger, one retry policy."""
