"""Where records come from: work tree or git commit, YAML and Markdown, schemas, attachments."""
