"""What people see: handlers that read a request, ask a function, and render; the templates lie beside."""
