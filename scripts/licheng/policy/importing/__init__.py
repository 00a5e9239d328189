"""What a school's workbooks say, held against its records: pure, from read cells to the records as they will be.

`kinds` says what an import is, one module a kind says its columns and what a row means, `mapping` which of a school's
headings is which column, `rows` reads cells, `people` tells who a row is about, `difference` what becomes of a record.
"""
