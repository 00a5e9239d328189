"""What of a school its site may show: the one door between records and pages. How they look is `outputs.pages`'."""
