"""The portal's pages for people, one module an errand."""
