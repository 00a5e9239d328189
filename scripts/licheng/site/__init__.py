"""The MkDocs plugin: hooks only."""
