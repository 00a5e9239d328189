"""All rules: one folder a family, one explicit list, the imports here. Pure."""

from licheng.core.rule import Rule
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
from licheng.rules.certifications.allowed_signers_drift import allowed_signers_drift
from licheng.rules.certifications.delegated_again import delegated_again
from licheng.rules.certifications.delegated_disorder import delegated_disorder
from licheng.rules.certifications.delegated_others_course import delegated_others_course
from licheng.rules.certifications.delegated_to_nobody import delegated_to_nobody
from licheng.rules.certifications.delegated_too_long import delegated_too_long
from licheng.rules.certifications.false_verification import false_verification
from licheng.rules.certifications.invalid_appointment import invalid_appointment
from licheng.rules.certifications.invalid_delegation import invalid_delegation
from licheng.rules.certifications.missing_genesis import missing_genesis
from licheng.rules.certifications.orphan_certification import orphan_certification
from licheng.rules.certifications.stale_certification import stale_certification
from licheng.rules.certifications.stale_verification import stale_verification
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
from licheng.rules.certifications.unproven_key import unproven_key
from licheng.rules.certifications.unseconded_ending import unseconded_ending
from licheng.rules.certifications.unsigned_waiver import unsigned_waiver
from licheng.rules.certifications.unusable_key import unusable_key
from licheng.rules.certifications.unwitnessed_key import unwitnessed_key
from licheng.rules.codes.unknown_code import unknown_code
from licheng.rules.dates.absences_not_entered import absences_not_entered
from licheng.rules.dates.end_before_start import end_before_start
from licheng.rules.dates.future_record import future_record
from licheng.rules.dates.outside_period import outside_period
from licheng.rules.dates.passed_off_mark import passed_off_mark
from licheng.rules.deadlines.claimed_not_witnessed import claimed_not_witnessed
from licheng.rules.deadlines.confirmation_before_upload import confirmation_before_upload
from licheng.rules.deadlines.selection_before_certification import selection_before_certification
from licheng.rules.deadlines.submission_after_certification import submission_after_certification
from licheng.rules.deadlines.submitted_late import submitted_late
from licheng.rules.duplicates.course_twice import course_twice
from licheng.rules.duplicates.same_file import same_file
from licheng.rules.enrolment.class_off_level import class_off_level
from licheng.rules.enrolment.enrolment_disorder import enrolment_disorder
from licheng.rules.enrolment.not_moved_up import not_moved_up
from licheng.rules.enrolment.not_moved_up_yet import not_moved_up_yet
from licheng.rules.enrolment.output_while_away import output_while_away
from licheng.rules.enrolment.outside_enrolment import outside_enrolment
from licheng.rules.enrolment.wrong_cohort import wrong_cohort
from licheng.rules.evaluation.before_second_term import before_second_term
from licheng.rules.evaluation.no_evaluation import no_evaluation
from licheng.rules.evaluation.not_by_secretary import not_by_secretary
from licheng.rules.evaluation.released_out_of_time import released_out_of_time
from licheng.rules.evaluation.released_unfinished import released_unfinished
from licheng.rules.gate.backdated_verification import backdated_verification
from licheng.rules.gate.borrowed_name import borrowed_name
from licheng.rules.gate.certified_otherwise import certified_otherwise
from licheng.rules.gate.deceptive_path import deceptive_path
from licheng.rules.gate.empty_change import empty_change
from licheng.rules.gate.foreign_history import foreign_history
from licheng.rules.gate.frozen_rulebook import frozen_rulebook
from licheng.rules.gate.gained_rights import gained_rights
from licheng.rules.gate.glass_over_signed import glass_over_signed
from licheng.rules.gate.hidden_history import hidden_history
from licheng.rules.gate.left_unclean import left_unclean
from licheng.rules.gate.lost_handout import lost_handout
from licheng.rules.gate.mass_change import mass_change
from licheng.rules.gate.missing_object import missing_object
from licheng.rules.gate.mixed_change import mixed_change
from licheng.rules.gate.no_account_yet import no_account_yet
from licheng.rules.gate.not_permitted import not_permitted
from licheng.rules.gate.odd_commit import odd_commit
from licheng.rules.gate.odd_mode import odd_mode
from licheng.rules.gate.outside_window import outside_window
from licheng.rules.gate.plain_attachment import plain_attachment
from licheng.rules.gate.rewritten_past import past_rewritten
from licheng.rules.gate.rewritten_record import rewritten_record
from licheng.rules.gate.shortened_window import shortened_window
from licheng.rules.gate.telling_commit import telling_commit
from licheng.rules.gate.too_long_to_inspect import too_long_to_inspect
from licheng.rules.gate.too_much import too_much
from licheng.rules.gate.unaccepted_payload import unaccepted_payload
from licheng.rules.gate.unknown_actor import unknown_actor
from licheng.rules.gate.untimely_commit import untimely_commit
from licheng.rules.gate.untimely_signature import untimely_signature
from licheng.rules.gate.unwitnessed_submission import unwitnessed_submission
from licheng.rules.gate.verified_otherwise import verified_otherwise
from licheng.rules.privacy.email_address import email_address
from licheng.rules.privacy.known_name import known_name
from licheng.rules.privacy.national_id import national_id
from licheng.rules.privacy.phone_number import phone_number
from licheng.rules.quotas.too_many_activities import too_many_activities
from licheng.rules.quotas.too_many_course_outputs import too_many_course_outputs
from licheng.rules.quotas.too_many_selected import too_many_selected
from licheng.rules.references.class_without_tutor import class_without_tutor
from licheng.rules.references.correction_of_nothing import correction_of_nothing
from licheng.rules.references.course_not_taken import course_not_taken
from licheng.rules.references.course_without_credits import course_without_credits
from licheng.rules.references.duplicate_id import duplicate_id
from licheng.rules.references.missing_student_record import missing_student_record
from licheng.rules.references.section_without_teacher import section_without_teacher
from licheng.rules.references.shared_login import shared_login
from licheng.rules.references.uncertified_selected import uncertified_selected
from licheng.rules.references.unknown_class import unknown_class
from licheng.rules.references.unknown_contest import unknown_contest
from licheng.rules.references.unknown_course import unknown_course
from licheng.rules.references.unknown_item import unknown_item
from licheng.rules.references.unknown_office import unknown_office
from licheng.rules.references.unknown_programme import unknown_programme
from licheng.rules.references.unknown_resolution import unknown_resolution
from licheng.rules.references.unknown_section import unknown_section
from licheng.rules.references.unknown_staff import unknown_staff
from licheng.rules.references.unknown_student import unknown_student
from licheng.rules.references.unknown_term import unknown_term
from licheng.rules.references.unowned_path import unowned_path
from licheng.rules.references.verified_nothing import verified_nothing
from licheng.rules.references.verified_other_files import verified_other_files
from licheng.rules.rulebook.article_off_value import article_off_value
from licheng.rules.rulebook.duty_without_row import duty_without_row
from licheng.rules.rulebook.in_force_before_passed import in_force_before_passed
from licheng.rules.rulebook.missing_agency_section import missing_agency_section
from licheng.rules.rulebook.missing_school_record import missing_school_record
from licheng.rules.rulebook.no_rulebook import no_rulebook
from licheng.rules.rulebook.not_passed import rulebook_not_passed
from licheng.rules.rulebook.quota_missing import quota_missing_or_double
from licheng.rules.rulebook.seats_off_total import seats_off_total
from licheng.rules.rulebook.unknown_article import unknown_article
from licheng.rules.text.left_to_fill import left_to_fill
from licheng.rules.text.nothing_said import nothing_said
from licheng.rules.text.summary_too_long import summary_too_long
from licheng.rules.training.attendance_not_reported import attendance_not_reported
from licheng.rules.training.counted_before_held import counted_before_held
from licheng.rules.training.no_training_in_term import no_training_in_term
from licheng.rules.training.no_training_yet import no_training_yet
from licheng.rules.training.nobody_appointed import nobody_appointed
from licheng.rules.training.not_held_and_said import training_not_held_and_said
from licheng.rules.training.other_office_appointed import other_office_appointed
from licheng.rules.training.other_organiser import other_organiser
from licheng.rules.training.said_but_held import training_said_but_held
from licheng.rules.training.topic_left_out import topic_left_out
from licheng.rules.training.unknown_page import unknown_page
from licheng.rules.training.unsigned_omission import unsigned_omission
from licheng.rules.windows.after_internal_deadline import after_internal_deadline
from licheng.rules.windows.amendment_of_nothing import amendment_of_nothing
from licheng.rules.windows.amendment_shortens import amendment_shortens
from licheng.rules.windows.closes_before_floor import closes_before_floor
from licheng.rules.windows.confirmation_too_short import confirmation_too_short
from licheng.rules.windows.floor_wins import floor_wins
from licheng.rules.windows.missing_window import missing_window
from licheng.rules.windows.no_day_is_both import no_day_is_both
from licheng.rules.windows.off_rulebook import off_rulebook
from licheng.rules.windows.submitted_outside_window import submitted_outside_window
from licheng.rules.windows.term_edges_disorder import term_edges_disorder
from licheng.rules.windows.waiver_past_agency import waiver_past_agency
from licheng.rules.working_group.below_quorum import below_quorum
from licheng.rules.working_group.no_meeting_in_term import no_meeting_in_term
from licheng.rules.working_group.no_meeting_yet import no_meeting_yet
from licheng.rules.working_group.not_a_seat import not_a_seat
from licheng.rules.working_group.not_by_convenor import not_by_convenor
from licheng.rules.working_group.not_held_and_said import meeting_not_held_and_said
from licheng.rules.working_group.overdue_resolution import overdue_resolution
from licheng.rules.working_group.resolution_out_of_order import resolution_out_of_order
from licheng.rules.working_group.said_but_held import meeting_said_but_held
from licheng.rules.working_group.seat_left_out import seat_left_out
from licheng.rules.working_group.seats_off_holders import seats_off_holders
from licheng.rules.working_group.unsigned_omission import omission_not_by_convenor

# Each rule is written once, in the imports above: they are the list.
ALL: tuple[Rule, ...] = tuple(
    sorted((value for value in globals().values() if isinstance(value, Rule)), key=lambda this: this.code)
)
ALWAYS: frozenset[str] = frozenset(this.code for this in ALL if this.always)
OF_THE_DAYS: frozenset[str] = frozenset(this.code for this in ALL if this.of_the_days)
