"""A backup of a school's server: made at night, tried out by a drill, watched by `licheng doctor`.

A backup is a folder. `manifest.json` names every file that belongs to it; what it does not name is what a killed run
left. Everything but the manifest is sealed (`exchange/age.py`), so that the folder may lie anywhere.
"""
