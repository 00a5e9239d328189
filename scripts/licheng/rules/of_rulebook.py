"""The rules of the rulebook, on which every verdict relies: they judge whatever was asked for."""

from licheng.core.rule import Rules
from licheng.rules.rulebook.article_off_value import article_off_value
from licheng.rules.rulebook.category_of_nothing import category_of_nothing
from licheng.rules.rulebook.demand_without_row import demand_without_row
from licheng.rules.rulebook.duty_without_row import duty_without_row
from licheng.rules.rulebook.in_force_before_passed import in_force_before_passed
from licheng.rules.rulebook.kind_in_two_categories import kind_in_two_categories
from licheng.rules.rulebook.missing_agency_section import missing_agency_section
from licheng.rules.rulebook.missing_school_record import missing_school_record
from licheng.rules.rulebook.no_rulebook import no_rulebook
from licheng.rules.rulebook.not_passed import rulebook_not_passed
from licheng.rules.rulebook.quota_missing import quota_missing_or_double
from licheng.rules.rulebook.seats_off_total import seats_off_total
from licheng.rules.rulebook.unknown_article import unknown_article
from licheng.rules.rulebook.word_taken import word_taken

OF_RULEBOOK = Rules.of(globals())
