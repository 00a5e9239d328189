"""The rules of the gate: of a change, and of its shape."""

from licheng.core.rule import Rules
from licheng.rules.gate.backdated_verification import backdated_verification
from licheng.rules.gate.borrowed_name import borrowed_name
from licheng.rules.gate.certified_otherwise import certified_otherwise
from licheng.rules.gate.claim_over_work import claim_over_work
from licheng.rules.gate.claimed_otherwise import claimed_otherwise
from licheng.rules.gate.control_by_intake import control_by_intake
from licheng.rules.gate.deceptive_path import deceptive_path
from licheng.rules.gate.empty_change import empty_change
from licheng.rules.gate.false_seal import false_seal
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
from licheng.rules.gate.stated_otherwise import stated_otherwise
from licheng.rules.gate.stray_statement import stray_statement
from licheng.rules.gate.telling_commit import telling_commit
from licheng.rules.gate.too_long_to_inspect import too_long_to_inspect
from licheng.rules.gate.too_much import too_much
from licheng.rules.gate.unaccepted_payload import unaccepted_payload
from licheng.rules.gate.unknown_actor import unknown_actor
from licheng.rules.gate.unstated_commit import unstated_commit
from licheng.rules.gate.untimely_commit import untimely_commit
from licheng.rules.gate.untimely_signature import untimely_signature
from licheng.rules.gate.unwitnessed_student_key import unwitnessed_student_key
from licheng.rules.gate.unwitnessed_submission import unwitnessed_submission
from licheng.rules.gate.verified_otherwise import verified_otherwise
from licheng.rules.receipts.dated_back import dated_back

OF_CHANGE = Rules.of(globals())
