"""The end of a key lets something count that main never accepted."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule


@rule("GAT016", "unaccepted-payload", scope="change", always=True)
def unaccepted_payload(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """Only what main holds can be listed when a key ends; so a key that has ended signs nothing more."""
    for record in proposal.after.of("staff-keys"):
        before = proposal.before.record_at(record.path)
        keys = before.data["keys"] if before is not None else ()
        known = {digest for key in keys for digest in key.get("ended", {}).get("payloads", ())}
        for index, entry in enumerate(record.data["keys"]):
            for position, digest in enumerate(entry.get("ended", {}).get("payloads", ())):
                if digest not in known and digest not in proposal.accepted:
                    place = record.at("keys", index, "ended", "payloads", position)
                    yield this.finding(place, digest=digest[:12])
