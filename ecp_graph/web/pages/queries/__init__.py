"""The catalogue: forms, results, the API and its OpenAPI description."""
