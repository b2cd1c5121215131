-- $1 tenant, $2 now, $3 longest idle time in seconds.
SELECT
    (SELECT count(*) FROM users WHERE tenant = $1) AS user_count,
    (
        SELECT count(*) FROM sessions
        WHERE tenant = $1 AND ended_at IS NULL AND started_at >= LEAST(
            $2, (SELECT newest_event_at FROM tenants WHERE tenant = $1)
        ) - make_interval(secs => $3)
    ) AS active_sessions
