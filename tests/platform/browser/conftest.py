"""The browser of the site's tests, one a worker."""

from tests.browser.conftest import browser

__all__ = ["browser"]
