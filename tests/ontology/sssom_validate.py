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
    print(f"{path}\t{len(found.df)}")
