"""The tools: one module each, found by a scan. `tool` of a module is the tool."""
