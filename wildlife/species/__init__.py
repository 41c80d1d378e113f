"""The register of species: names, and the protection that each had on which day."""
