"""Validates request bodies against an OpenAPI 3.0 description.

openapi_validate.py SPECIFICATION BODIES_FILE
BODIES_FILE holds one JSON array of {"method", "path", "body"}, paths below the description's server, bodies as text.
Prints one JSON array as long as it: null for a body that fits, else what is wrong with it.
"""
import json
import re
import sys

import yaml
from openapi_schema_validator import OAS30Validator, oas30_format_checker


def validators(description):
    """Of each operation with a JSON body: its method, a pattern of its path, and its validator."""
    # A schema on its own would lose what its references point to.
    shared = {"components": description["components"]}
    for path, operations in description["paths"].items():
        pattern = re.compile("^" + re.sub(r"\{[^}]+\}", "[^/]+", path) + "$")
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {}) if method != "parameters" else {}
            if "application/json" not in content:
                continue
            schema = content["application/json"]["schema"]
            # A reference hides its neighbours, so it stands one level below them.
            whole = {**shared, "allOf": [schema]}
            # Refuses a schema that means nothing, instead of passing everything.
            OAS30Validator.check_schema(whole)
            yield method.upper(), pattern, OAS30Validator(whole, format_checker=oas30_format_checker)


def no_constant(token):
    raise ValueError(f"{token} is not JSON")


def problem_of(known, call):
    found = [each for method, path, each in known if method == call["method"] and path.match(call["path"])]
    if not found:
        return "no such operation with a JSON body"
    try:
        body = json.loads(call["body"], parse_constant=no_constant)
    except ValueError as error:
        return str(error)
    error = next(found[0].iter_errors(body), None)
    return None if error is None else f"{list(error.absolute_path)}: {error.message[:300]}"


specification, bodies_file = sys.argv[1:]
with open(specification, encoding="utf-8") as file:
    known = list(validators(yaml.safe_load(file)))
with open(bodies_file, encoding="utf-8") as file:
    print(json.dumps([problem_of(known, call) for call in json.load(file)]))
