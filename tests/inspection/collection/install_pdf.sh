#!/bin/sh
# What make_pdf.py needs, on Debian and Ubuntu.
set -eu
apt-get update
apt-get install --yes --no-install-recommends chromium ghostscript img2pdf libimage-exiftool-perl \
  libreoffice-calc libreoffice-impress libreoffice-writer librsvg2-bin poppler-utils python3-cairo python3-pil \
  python3-reportlab python3-yaml qpdf weasyprint
