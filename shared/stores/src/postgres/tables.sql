SELECT
  relname::text AS name,
  pg_table_size(relid) AS bytes,
  pg_indexes_size(relid) AS index_bytes,
  n_live_tup AS rows,
  n_dead_tup AS dead_rows
FROM pg_stat_user_tables
ORDER BY pg_total_relation_size(relid) DESC
