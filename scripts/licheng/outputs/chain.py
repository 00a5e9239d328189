"""The way of one work as lines for a terminal: its files, then a line a step with the digest that the step has."""

from __future__ import annotations

from licheng.outputs.catalog import Catalog
from licheng.outputs.columns import columns
from licheng.outputs.escape import printable
from licheng.policy.chain import ChainStep, ItemChain, ItemLink, LinkState, digest_of


def render(chain: ItemChain, words: Catalog) -> str:
    """The files as `sha256sum` prints them, the digest of that list, and what each step says."""
    lines = [chain.item, *(f"  {file.sha256}  {file.name}" for file in chain.files)]
    lines.append(words.word("chain_digest", digest=digest_of(chain.files)))
    rows = [[words.label("chain_step", link.step), *_cells(link, words)] for link in chain.links]
    return "".join(printable(line) + "\n" for line in [*lines, *columns(rows, left=5)])


def _cells(link: ItemLink, words: Catalog) -> list[str]:
    on = link.on.isoformat() if link.on is not None else ""
    state = words.label("link_state", link.state)
    if link.changed:
        state = words.word("chain_changed", said=state, files=words.word("separator").join(link.changed))
    if link.detail:
        state = words.word("chain_detail", said=state, detail=_detail(link, words))
    return [on, state, link.digest or "", link.path]


def _detail(link: ItemLink, words: Catalog) -> str:
    if link.state is LinkState.LEFT_OUT:
        return words.label("exclusion", link.detail)
    if link.detail == "unsettled":
        return words.label("obstacle", link.detail)
    if link.step is ChainStep.RECEIPT:
        return words.label("receipt_answer" if link.state is LinkState.SAME else "receipt_fault", link.detail)
    return words.label("state", link.detail) if link.step is not ChainStep.RELEASE else link.detail
