"""What belongs to a portfolio belongs to the time of enrolment (肆.一)."""
