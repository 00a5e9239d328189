"""The catalogs: every word that people read, zh-TW first, en second. When a word is said, others decide."""
