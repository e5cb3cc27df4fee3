"""The NHI card in the reader: from bytes to a card holder, from PC/SC's codes to what a person does next.

`pcsc` and `monitor` alone import pyscard; everything else works without it.
"""
