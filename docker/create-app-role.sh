#!/bin/sh
# Runs once, when the postgres container creates its cluster: the role the gateway itself uses. What it
# may do is granted by the migrate step (prisma/grants.sql).
set -eu
psql -v ON_ERROR_STOP=1 -v password="$APP_PASSWORD" -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
CREATE ROLE osm_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
SQL
