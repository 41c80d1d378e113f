"""Tables for people: columns with headings in both languages, and rows, written as files that
spreadsheets and programs read. Knows no record, and no request."""
