"""Keeping a home: one verified archive of it, and a home made from an archive."""
