"""The second wall: a build alone, which nobody checked before, publishes nothing of the handbook that a check refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError

from licheng.app.check import check
from licheng.sources.tree import WorkTree
from tests.gate.corpus.handbook import REFUSED
from tests.site.build import copy_of_school, run_mkdocs
