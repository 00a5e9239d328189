"""A receipt, or a notice of one, names what is not on record."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.receiving.versions import export_of, id_of, named, receipts


@rule("RCT006", "receipt-of-nothing", scope="school", kinds=("receipt", "receipt-notice"), reads=("roster-export",))
def receipt_of_nothing(this: Rule, school: School) -> Iterator[Finding]:
    """A receipt answers an export and is numbered without a gap; a notice is about a receipt."""
    numbers = {id_of(receipt) for receipt in school.of("receipt")}
    for receipt in school.of("receipt"):
        which = id_of(receipt)
        if export_of(receipt, school) is None:
            yield this.finding(receipt.at("export"), case="export", named=receipt.data["export"])
        if which.version > 1 and which._replace(version=which.version - 1) not in numbers:
            yield this.finding(receipt.at("kind"), case="gap", named=str(which._replace(version=which.version - 1)))
    for notice in school.of("receipt-notice"):
        if named(notice) not in receipts(school):
            yield this.finding(notice.at("receipt"), case="receipt", named=notice.data["receipt"])
