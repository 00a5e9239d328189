"""A record's form as it was posted, a student's or a unit's: what was typed, the button, the file."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from starlette.datastructures import FormData, UploadFile

from licheng.app.attach import Care
from licheng.core.errors import UsageError
from licheng.outputs.catalog import Catalog
from licheng.platform.drafts import Drafts
from licheng.platform.editing import UPLOAD
from licheng.platform.uploads import Upload, Uploads, read_chunks
from licheng.policy.attachments import FileType

Fields = dict[str, list[str]]
# Buttons about a draft, which have nothing to do with what stands in the form.
OF_DRAFT = frozenset({"choose", "drop", "discard"})
# Files of which only the digest is kept, by the field that it stands in.
DIGEST_OF = "_digest."
# What no form's text is: the page's own fields, of either page.
_OF_PAGE = frozenset({"csrf", "_do", "_file", "_file_digest", "_care"})


@dataclass(frozen=True)
class PostedForm:
    """A form as it was posted.

    Attributes:
        fields: what was typed.
        do: the button; `about` what it is about.
        file: that is to be attached.
        care: what its copy may leave out.
    """

    fields: Fields
    do: str
    about: str
    file: UploadFile | None
    care: Care

    @classmethod
    def of(cls, form: FormData, without: Collection[str]) -> PostedForm:
        """Of a form.

        Args:
            form: as it was posted.
            without: further fields that are the page's, and no part of what was typed.
        """
        fields: Fields = {}
        for name, value in form.multi_items():
            if isinstance(value, str) and name not in _OF_PAGE and name not in without:
                fields.setdefault(name, []).append(value)
        fields |= digests_of(form)
        do, _, about = str(form.get("_do", "save")).partition(" ")
        care = Care.ALL if form.get("_care") else Care.USUAL
        return cls(fields, do, about, file_of(form, "_file"), care)

    def with_uploads(self, *more: str) -> Fields:
        """The fields with more uploads, and without the one that the button is about."""
        kept = [each for each in self.fields.get(UPLOAD, ()) if each != self.about]
        return {**self.fields, UPLOAD: [*kept, *more]}

    def upload(self, uploads: Uploads, account: str, types: tuple[FileType, ...], declared: str = "") -> Upload:
        """Take the file in.

        Raises:
            UsageError: APP347, there is none; as `Uploads.take`.
        """
        if self.file is None:
            raise UsageError("APP347")
        chunks = read_chunks(self.file.file)
        return uploads.take(account, self.file.filename or "", chunks, types, declared, self.care)

    def settle(self, drafts: Drafts, account: str, key: str) -> None:
        """Of a draft's several texts one is gone on with, or one goes."""
        if self.do == "choose":
            drafts.choose(account, key, self.about)
        else:
            drafts.remove(account, key, version=self.about)


def file_of(form: FormData, name: str) -> UploadFile | None:
    """The file of a field; None where none was chosen."""
    file = form.get(name)
    return file if isinstance(file, UploadFile) and file.filename else None


def digests_of(form: FormData) -> Fields:
    """What stands in the fields of which somebody sends the file itself: the digest, and nothing of the file stays."""
    digests: Fields = {}
    for name in form:
        file = file_of(form, name) if name.startswith(DIGEST_OF) else None
        if file is not None:
            digest = hashlib.sha256()
            for chunk in read_chunks(file.file):
                digest.update(chunk)
            digests[name.removeprefix(DIGEST_OF)] = [digest.hexdigest()]
    return digests


def taken_out(upload: Upload, words: Catalog) -> str:
    """What was taken out of an upload, in words."""
    return words.word("separator").join(words.label("inside", reason) for reason in upload.taken)
