"""The walk forward: models fitted on earlier days, and their figures on later ones."""
