#!/bin/sh
# Runs @NAME@ as its service does: as the service's user, with the service's settings. Whoever is not root runs
# the program as they are, without either.
set -eu
program=/usr/lib/@NAME@/@NAME@
[ "$(id -u)" = 0 ] || exec "$program" "$@"
export GENKAN_SETTINGS=/etc/genkan/@SETTINGS@.env
exec setpriv --reuid=@NAME@ --regid=@NAME@ --init-groups --inh-caps=-all --bounding-set=-all --no-new-privs \
  "$program" "$@"
