"""What the features are: entities, views and services, declared for Feast.

Modules import each other by bare names, since Feast imports each file by its path within this folder.
"""
