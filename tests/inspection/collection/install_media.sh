#!/bin/sh
# What make_media.py needs; Debian and Ubuntu.
set -e
apt-get install -y --no-install-recommends ffmpeg imagemagick libimage-exiftool-perl
