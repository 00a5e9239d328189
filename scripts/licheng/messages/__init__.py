"""The catalogs: every word that people read, by language and code. zh-TW comes first, en second."""
