"""One transcript → a kit for publishing: functions on values, each sentence with its place."""
