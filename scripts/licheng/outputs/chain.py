"""The way of one work as lines for a terminal: its files, then a line a step with the digest that the step has."""

from __future__ import annotations

from licheng.outputs.catalog import Catalog
from licheng.outputs.columns import columns
from licheng.outputs.escape import printable
from licheng.policy.chain import ChainStep, ItemChain, ItemLink, LinkState, digest_of
from licheng.policy.receiving.comparison import ReceiptFault


def render(chain: ItemChain, words: Catalog) -> str:
    """The files as `sha256sum` prints them, the digest of that list, and what each step says."""
    lines = [chain.item, *(f"  {file.sha256}  {file.name}" for file in chain.files)]
    lines.append(words.word("chain_digest", digest=digest_of(chain.files)))
    rows = []
    for link in chain.links:
        on = link.on.isoformat() if link.on is not None else ""
        rows.append([words.label("chain_step", link.step), on, said(link, words), link.digest or "", link.path])
    return "".join(printable(line) + "\n" for line in [*lines, *columns(rows, left=5)])


def said(link: ItemLink, words: Catalog) -> str:
    """What a step says of the work, with the files that differ and what more there is to it."""
    state = words.label("link_state", link.state)
    if link.changed:
        state = words.word("chain_changed", said=state, files=words.word("separator").join(link.changed))
    if not link.detail:
        return state
    detail = link.detail
    if link.state is LinkState.LEFT_OUT:
        detail = words.label("exclusion", detail)
    elif detail == "unsettled":
        detail = words.label("obstacle", detail)
    elif link.step is ChainStep.SEAL:
        detail = words.word("chain_due", due=detail)
    elif link.step is ChainStep.RECEIPT:
        detail = words.label("receipt_fault" if detail in {*ReceiptFault} else "receipt_answer", detail)
    elif link.step is not ChainStep.RELEASE:
        detail = words.label("state", detail)
    return words.word("chain_detail", said=state, detail=detail)
