"""Forms made from the schemas: what a person fills in becomes a record that `licheng check` judges, and nobody else."""
