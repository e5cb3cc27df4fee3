"""What both web apps share: how a page finds its language, how templates are filled, the common headers.

What differs stays with each app, beside its reason: the cookies' SameSite, the content security policy, the
caching, and how a form proves that one of our own pages made it.
"""
