"""RCT: receipts of the agency, who was told, and what students say to them."""
