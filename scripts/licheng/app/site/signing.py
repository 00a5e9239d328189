"""The signing page of a school, from its records: the site publishes its digests, `licheng site signing` writes it."""

from __future__ import annotations

from urllib.parse import urlsplit

from licheng.core.errors import UsageError
from licheng.core.school import School
from licheng.outputs.signing_page import SigningSite, files


def signing_page(school: School) -> dict[str, str] | None:
    """The files by name; None where the school has no such page that could be trusted."""
    own, addresses = school.one("school"), addresses_of(school)
    if own is None or addresses is None or school.trust.repository is None:
        return None
    # No page of the platform may name the signing page's host as its own (WebAuthn, 5.1.3: a RP ID).
    host, platform = (urlsplit(addresses[name]).hostname for name in ("origin", "platform"))
    if f".{platform}".endswith(f".{host}"):
        return None
    return files(SigningSite(school.trust.repository, **addresses, name=own.data["name"]))


def required_signing_page(school: School) -> dict[str, str]:
    """The files by name.

    Raises:
        UsageError: APP046, there is no genesis; APP350, `school.yaml` does not say where page and platform are; APP351,
            the platform's pages could use the passkeys that are made on the signing page.
    """
    addresses = addresses_of(school)
    if school.trust.repository is None:
        raise UsageError("APP046")
    if addresses is None:
        raise UsageError("APP350")
    page = signing_page(school)
    if page is None:
        raise UsageError("APP351", **addresses)
    return page


def addresses_of(school: School) -> dict[str, str] | None:
    """The page's `origin` and that of its `platform`."""
    own = school.one("school")
    return own.data.get("signing_page") if own is not None else None
