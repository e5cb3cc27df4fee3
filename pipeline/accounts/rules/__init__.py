"""Pure rules of registrations: values in, values out."""
