"""What the features are: entities, views and services, declared for Feast."""
