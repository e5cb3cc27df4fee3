"""Mail: building messages and delivering them. Knows nothing of insurance but the templates' words."""
