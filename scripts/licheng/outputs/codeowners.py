"""CODEOWNERS for control paths, from the authority table: who must look at a change of what decides over others.

A forge knows teams, not posts: a unit or post is the team of that name in the school's organisation.
"""

from __future__ import annotations

import re

from licheng.core.layout import BY_NAME
from licheng.core.school import School
from licheng.policy.permission import RECORDS, is_control, rows

_HEAD = "# 由 licheng docs 依 content/school/duties.yaml 的 authority 產生，不要手改。 / Generated; do not edit.\n"
# Whom the authority table names by what they do, by the team that stands for them.
_TEAMS = {"coordinator": "coordinators", "signer": "coordinators", "claimant": "coordinators", "organiser": "it"}


def codeowners(school: School, owner: str) -> str:
    """The whole file.

    Args:
        school: whose duties.
        owner: the organisation on the forge.
    """
    lines = [f"* {_team(owner, 'it')}"]
    lines += [f"/content/{folder}/" for folder in sorted(RECORDS)]  # judged by the gate alone: nobody's review
    for row in rows(school):
        holders = (name for who in row.by for name in who.values())
        teams = " ".join(_team(owner, _TEAMS.get(name, name)) for name in holders)
        for kind in sorted(row.records):
            pattern = "/content/" + re.sub(r"{\w+}", "*", BY_NAME[kind].template)
            if is_control(pattern[1:]):
                lines.append(f"{pattern} {teams}")
                if kind == "staff-keys":
                    lines.append(f"/content/trust/allowed_signers {teams}")
        controlled = [path for path in row.paths if not path.startswith("!") and is_control(path)]
        lines += [f"/{path.removesuffix('*')} {teams}" for path in controlled]
    return _HEAD + "".join(f"{line}\n" for line in lines)


def _team(owner: str, name: str) -> str:
    return f"@{owner}/{name}"
