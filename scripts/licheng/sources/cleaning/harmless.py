"""What cleaning takes out of pictures, sounds and films although the inspection does not refuse a file for it."""

from __future__ import annotations

from licheng.core.inspection import TRAILING, Flaw

CAMERA = Flaw(TRAILING, "camera-data")
EDIT = Flaw(TRAILING, "edit-data")
COMMENT = Flaw(TRAILING, "comment")
TAGS = Flaw(TRAILING, "tags")
THUMBNAIL = Flaw(TRAILING, "thumbnail")
REASONS = frozenset(flaw.reason for flaw in (CAMERA, EDIT, COMMENT, TAGS, THUMBNAIL))
