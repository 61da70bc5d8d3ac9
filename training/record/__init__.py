"""What MLflow holds of a run: parameters, metrics, plots, versions, aliases."""
