export const superuser = 'postgres'

/** A fresh cluster in memory, its password from the environment; tells when the database is there. */
const script = `set -e
umask 077
printf %s "$ADMIN_PASSWORD" > /tmp/password
initdb -D /data/cluster -U ${superuser} -E UTF8 --locale=C.UTF-8 \\
  --auth-local=trust --auth-host=scram-sha-256 --pwfile=/tmp/password >/dev/null
rm /tmp/password
echo 'host all all all scram-sha-256' >> /data/cluster/pg_hba.conf
(
  until psql -qXU ${superuser} -c "CREATE DATABASE \\"$DATABASE\\"" 2>/dev/null; do sleep 0.05; done
  echo 'production is ready'
) &
exec postgres -D /data/cluster -c listen_addresses='*' -c fsync=off -c max_wal_size=4GB \\
  -c unix_socket_directories=/tmp`

export const serveCommand = ['bash', '-c', script]
