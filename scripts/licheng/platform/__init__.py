"""The web platform, an optional part: people at their browsers, each with what they may see, over the same gate.

It holds no truth: whatever it does is a commit that the gate judges. What a record, a rule or a right is, it asks those
below.
"""
