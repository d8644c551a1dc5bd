"""Validates mapping sets with the sssom package and prints how many mappings it reads of each; runs in .venv-checks."""

import sys

from sssom.constants import SchemaValidationType
from sssom.parsers import parse_sssom_table
from sssom.validators import validate

KINDS = [
    SchemaValidationType.JsonSchema,
    SchemaValidationType.PrefixMapCompleteness,
    SchemaValidationType.StrictCurieFormat,
]

for path in sys.argv[1:]:
    found = parse_sssom_table(path)
    validate(found, KINDS, fail_on_error=True)
    with open(path, encoding="utf-8") as file:
        rows = sum(not line.startswith("#") for line in file) - 1
    if len(found.df) != rows:
        sys.exit(f"{path}: {len(found.df)} of {rows} mappings are read")
    print(f"{path}\t{len(found.df)}")
