"""All that can be imported, in the order in which a school that begins needs it."""

from __future__ import annotations

from collections.abc import Mapping

from licheng.policy.importing.accounts import STAFF_ACCOUNTS, STUDENT_ACCOUNTS
from licheng.policy.importing.classes import CLASSES
from licheng.policy.importing.course_records import COURSE_RECORDS
from licheng.policy.importing.courses import COURSES
from licheng.policy.importing.kinds import ImportKind
from licheng.policy.importing.marks import MARKS
from licheng.policy.importing.students import STUDENTS

IMPORTS: Mapping[str, ImportKind] = {
    kind.name: kind for kind in (CLASSES, COURSES, STUDENTS, STAFF_ACCOUNTS, STUDENT_ACCOUNTS, COURSE_RECORDS, MARKS)
}
