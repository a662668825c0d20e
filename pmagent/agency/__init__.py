"""The agent of one garden, wired: models, commands, sessions, loop. Made when first spoken to.

Nothing here is loaded to answer a question on the command line.
"""
