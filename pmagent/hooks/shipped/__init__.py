"""The hooks that come with pmagent: `bundled.SHIPPED` lists them.

Each is one module that reads a JSON object on stdin and answers on stdout, without network and
without loading more than it needs, so that it also serves as an example to copy.
"""
