"""What goes into a wheel; everything else about the package is said in pyproject.toml.

Notebooks stand at the top of a checkout and inside the library of a wheel: one copy of each, and no
name of their own among the packages of whoever installs it.
"""

from setuptools import find_namespace_packages, setup

setup(
    packages=[
        *find_namespace_packages(include=["campaign_lib*", "campaign_sample*"]),
        "campaign_lib.notebooks",
    ],
    package_dir={"campaign_lib.notebooks": "notebooks"},
)
