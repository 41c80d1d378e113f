"""Where something happened: what was said, and the WGS-84 point that queries use."""
