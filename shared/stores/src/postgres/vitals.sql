SELECT
  current_setting('server_version') AS version,
  (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
  current_setting('max_connections')::bigint AS most_connections,
  pg_is_in_recovery() AS standby,
  (SELECT count(*) FROM pg_stat_replication) AS replicas,
  CASE
    WHEN pg_is_in_recovery() THEN extract(epoch FROM now() - pg_last_xact_replay_timestamp())::float8
    ELSE (SELECT max(extract(epoch FROM coalesce(replay_lag, interval '0')))::float8 FROM pg_stat_replication)
  END AS lag,
  pg_database_size(current_database()) AS bytes,
  (
    SELECT coalesce(max(extract(epoch FROM now() - query_start)), 0)::float8
    FROM pg_stat_activity
    WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid()
  ) AS slowest
