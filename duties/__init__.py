"""What is owed: duty lists, the working calendar, time limits of steps."""
