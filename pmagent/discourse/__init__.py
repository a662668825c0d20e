"""What is said in a document: its sentences and turns, what they do, and which of them matter.

Pure reading: values in, values out. It knows no job.
"""
