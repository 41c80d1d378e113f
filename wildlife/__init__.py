"""Wildlife rescues and road-hazard clearances: the product. One room a noun."""

__version__ = "0.2.0"
