"""What everybody says alike: values, vocabularies, places, texts. Pure."""
