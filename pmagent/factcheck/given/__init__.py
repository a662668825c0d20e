"""Whether documents that come with a claim bear it out."""
