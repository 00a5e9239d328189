"""The audit of the built site by the Nu HTML checker and by Lighthouse."""
