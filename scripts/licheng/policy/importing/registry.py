"""All that can be imported, in the order in which a school that begins needs it."""

from __future__ import annotations

from collections.abc import Mapping

from licheng.policy.importing.accounts import STAFF_ACCOUNTS, STUDENT_ACCOUNTS
from licheng.policy.importing.attendance import ATTENDANCE
from licheng.policy.importing.classes import CLASSES
from licheng.policy.importing.clubs import CLUBS
from licheng.policy.importing.consultations import CONSULTATIONS
from licheng.policy.importing.contests import CONTESTS
from licheng.policy.importing.course_records import COURSE_RECORDS
from licheng.policy.importing.courses import COURSES
from licheng.policy.importing.explorations import EXPLORATIONS
from licheng.policy.importing.kinds import ImportKind
from licheng.policy.importing.marks import MARKS
from licheng.policy.importing.positions import POSITIONS
from licheng.policy.importing.service import SERVICE
from licheng.policy.importing.students import STUDENTS

_FIRST = (CLASSES, COURSES, STUDENTS, STAFF_ACCOUNTS, STUDENT_ACCOUNTS, COURSE_RECORDS, MARKS)
_LATER = (ATTENDANCE, POSITIONS, CLUBS, SERVICE, CONTESTS, CONSULTATIONS, EXPLORATIONS)
IMPORTS: Mapping[str, ImportKind] = {kind.name: kind for kind in (*_FIRST, *_LATER)}
