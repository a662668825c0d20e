"""Calendars: what exported files say of some days, the time left free, and blocks written out."""
