"""Which features a model sees, in which order."""

from bias import bias
from class_layoff import class_layoff
from feast import FeatureService
from form import form
from velocity import velocity

velo_v1_1_0 = FeatureService(
    name="velo_v1_1_0",
    features=[velocity, class_layoff, bias, form],
    description="The 21 features of v1.1.0 in four families",
)
