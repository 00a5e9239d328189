"""The end of a key that no second person signed."""

from licheng.rules.certifications.keys import key_rule

unseconded_ending = key_rule("KEY004", "unseconded-ending")
