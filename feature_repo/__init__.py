"""What the features are: entities, views and services, declared for Feast.

Modules import each other by bare names, since Feast imports each by its path within this folder.
"""
