"""What a typed query asks for: rules for English and Spanish, pure and without a network."""

from modules.choreography.query_parser.parser import parse_query

__all__ = ["parse_query"]
