"""What leaves or enters the school as files of others' formats: sealed files (age)."""
