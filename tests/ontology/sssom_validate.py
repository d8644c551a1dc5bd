"""Validates a mapping set with the sssom package and prints how many mappings it reads; runs in .venv-checks."""

import sys

from sssom.constants import SchemaValidationType
from sssom.parsers import parse_sssom_table
from sssom.validators import validate

found = parse_sssom_table(sys.argv[1])
kinds = [
    SchemaValidationType.JsonSchema,
    SchemaValidationType.PrefixMapCompleteness,
    SchemaValidationType.StrictCurieFormat,
]
reports = validate(found, kinds, fail_on_error=True)
print(len(found.df))
