"""The MkDocs plugin: hooks only. What is on a page comes from `licheng.app.site` and `licheng.outputs.pages`."""
