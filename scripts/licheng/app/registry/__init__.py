"""What the registrar does on a machine of her own, beside the repository."""
