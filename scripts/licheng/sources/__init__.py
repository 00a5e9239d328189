"""Where records come from: work tree or commit, YAML, schemas, attachments. What they mean is left to the rules."""
