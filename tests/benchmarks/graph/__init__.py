"""What is measured of GraphQL."""
