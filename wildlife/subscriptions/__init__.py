"""Who is told of what is new as it comes: other systems by webhooks, people by mail. Each is a
reader of `wildlife.changes` whose place the service keeps."""
