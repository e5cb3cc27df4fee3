"""The business database: tables, bulk transport, one file per aggregate."""
