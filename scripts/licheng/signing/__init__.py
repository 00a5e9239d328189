"""Detached SSH signatures (SSHSIG) over canonical JSON: sign with stock OpenSSH, verify strictly and in process.

The package knows keys, signatures and bytes. What a certification says, who had the authority and when a key was
valid is judged elsewhere.
"""
