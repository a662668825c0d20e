"""The week: calendars, boards and plans, as plain functions on values."""
