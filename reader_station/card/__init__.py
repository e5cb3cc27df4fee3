"""The NHI card in the reader: from bytes to a card holder, from a code of PC/SC to advice for the person.

`pcsc` and `monitor` alone import pyscard; everything else works without it.
"""
