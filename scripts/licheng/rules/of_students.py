"""The rules of students, of their records, and of any text: what a check of one student needs."""

from licheng.core.rule import Rules
from licheng.rules.attachments.content_not_of_type import content_not_of_type
from licheng.rules.attachments.declared_type_mismatch import declared_type_mismatch
from licheng.rules.attachments.digest_mismatch import digest_mismatch
from licheng.rules.attachments.inspected import (
    absent_object,
    active_content,
    altered_object,
    hidden_author,
    location_inside,
    trailing_data,
    unreadable_file,
)
from licheng.rules.attachments.missing_attachment import missing_attachment
from licheng.rules.attachments.size_mismatch import size_mismatch
from licheng.rules.attachments.submitted_without_file import submitted_without_file
from licheng.rules.attachments.too_large import attachment_too_large
from licheng.rules.attachments.type_not_allowed import type_not_allowed
from licheng.rules.attachments.unlisted_file import unlisted_file
from licheng.rules.attachments.without_proof import without_proof
from licheng.rules.certifications.beside_decisions import (
    invalid_hand_in_statement,
    unsigned_waiver,
    unusable_student_key,
)
from licheng.rules.certifications.changed_authenticator import changed_authenticator
from licheng.rules.certifications.claims import (
    claim_of_our_time,
    claim_over_decision,
    orphan_claim,
    stale_claim,
    unlisted_platform,
    unsigned_claim,
)
from licheng.rules.certifications.orphan_certification import orphan_certification
from licheng.rules.certifications.stale_certification import stale_certification
from licheng.rules.certifications.steps import (
    broken_chain,
    ended_key,
    foreign_certification,
    forged_certification,
    forked_chain,
    malformed_certification,
    malformed_signature,
    misplaced_certification,
    missing_signature,
    other_rulebook,
    reason_not_allowed,
    self_certification,
    unauthorised_certifier,
    undelegated_substitute,
    unknown_key,
    untimely_certification,
)
from licheng.rules.certifications.verifications import false_verification, stale_verification
from licheng.rules.codes.ended_code import ended_code
from licheng.rules.codes.unknown_code import unknown_code
from licheng.rules.codes.unlisted_code import unlisted_code
from licheng.rules.dates.absences_not_entered import absences_not_entered
from licheng.rules.dates.end_before_start import end_before_start
from licheng.rules.dates.future_record import future_record
from licheng.rules.dates.missed_yet_passed import missed_yet_passed
from licheng.rules.dates.number_beside_state import number_beside_state
from licheng.rules.dates.outside_period import outside_period
from licheng.rules.dates.passed_off_mark import passed_off_mark
from licheng.rules.duplicates.course_twice import course_twice
from licheng.rules.duplicates.same_file import same_file
from licheng.rules.enrolment.account_left_open import account_left_open
from licheng.rules.enrolment.class_off_level import class_off_level
from licheng.rules.enrolment.enrolment_disorder import enrolment_disorder
from licheng.rules.enrolment.not_moved_up import not_moved_up
from licheng.rules.enrolment.not_moved_up_yet import not_moved_up_yet
from licheng.rules.enrolment.output_while_away import output_while_away
from licheng.rules.enrolment.outside_enrolment import outside_enrolment
from licheng.rules.enrolment.wrong_cohort import wrong_cohort
from licheng.rules.notices.unsigned_selection import unsigned_selection
from licheng.rules.privacy.email_address import email_address
from licheng.rules.privacy.known_name import known_name
from licheng.rules.privacy.national_id import national_id
from licheng.rules.privacy.phone_number import phone_number
from licheng.rules.quotas.too_many_activities import too_many_activities
from licheng.rules.quotas.too_many_course_outputs import too_many_course_outputs
from licheng.rules.quotas.too_many_selected import too_many_selected
from licheng.rules.receipts.answer_to_nothing import answer_to_nothing
from licheng.rules.receipts.problem_unanswered import problem_unanswered
from licheng.rules.receipts.superseded_confirmation import superseded_confirmation
from licheng.rules.references.commitment_twice import commitment_twice
from licheng.rules.references.course_not_taken import course_not_taken
from licheng.rules.references.course_without_credits import course_without_credits
from licheng.rules.references.degenerate_commitment import degenerate_commitment
from licheng.rules.references.duplicate_id import duplicate_id
from licheng.rules.references.field_of_another_mode import field_of_another_mode
from licheng.rules.references.misplaced_commitment import misplaced_commitment
from licheng.rules.references.missing_student_record import missing_student_record
from licheng.rules.references.origin_unsaid import origin_unsaid
from licheng.rules.references.original_later import original_later
from licheng.rules.references.retaken_not_taken import retaken_not_taken
from licheng.rules.references.sealed_yet_here import sealed_yet_here
from licheng.rules.references.uncertified_selected import uncertified_selected
from licheng.rules.references.uncommitted_verification import uncommitted_verification
from licheng.rules.references.unknown_class import unknown_class
from licheng.rules.references.unknown_contest import unknown_contest
from licheng.rules.references.unknown_course import unknown_course
from licheng.rules.references.unknown_item import unknown_item
from licheng.rules.references.unknown_office import unknown_office
from licheng.rules.references.unknown_original import unknown_original
from licheng.rules.references.unknown_programme import unknown_programme
from licheng.rules.references.unknown_section import unknown_section
from licheng.rules.references.unknown_staff import unknown_staff
from licheng.rules.references.unknown_term import unknown_term
from licheng.rules.references.verified_nothing import verified_nothing
from licheng.rules.references.verified_other_files import verified_other_files
from licheng.rules.references.visiting_without_visit import visiting_without_visit
from licheng.rules.text.left_to_fill import left_to_fill
from licheng.rules.text.nothing_said import nothing_said
from licheng.rules.text.summary_too_long import summary_too_long
from licheng.rules.windows.submitted_outside_window import submitted_outside_window
from licheng.rules.windows.unknown_batch import unknown_batch
from licheng.rules.windows.waived_late import waived_late
from licheng.rules.windows.waiver_past_agency import waiver_past_agency

OF_STUDENTS = Rules.of(globals())
