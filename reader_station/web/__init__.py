"""What both web apps share: languages, templates, security headers."""
