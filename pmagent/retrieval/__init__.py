"""Ranking, the where-map and cited answers, over an index seen through `ports`."""
