-- Takes in one merged batch: $1 tenant, $2 its newest moment, $3..$5 users, $6..$9 sessions.
-- One statement is one transaction and one round trip: a function that is frozen half-way leaves
-- no lock behind. Rows that would not change are not written, so a repeated batch costs reads only.
WITH recorded_sessions AS (
    INSERT INTO sessions AS old (tenant, session_id, user_name, started_at, ended_at)
    SELECT $1, * FROM unnest($6, $7, $8, $9)
    ON CONFLICT (tenant, session_id) DO UPDATE SET
        user_name = LEAST(old.user_name, EXCLUDED.user_name),
        started_at = GREATEST(old.started_at, EXCLUDED.started_at),
        ended_at = GREATEST(old.ended_at, EXCLUDED.ended_at)
    WHERE (old.user_name, old.started_at, old.ended_at) IS DISTINCT FROM (
        LEAST(old.user_name, EXCLUDED.user_name),
        GREATEST(old.started_at, EXCLUDED.started_at),
        GREATEST(old.ended_at, EXCLUDED.ended_at)
    )
), recorded_users AS (
    INSERT INTO users AS old (tenant, user_name, first_seen, last_seen)
    SELECT $1, * FROM unnest($3, $4, $5)
    ON CONFLICT (tenant, user_name) DO UPDATE SET
        first_seen = LEAST(old.first_seen, EXCLUDED.first_seen),
        last_seen = GREATEST(old.last_seen, EXCLUDED.last_seen)
    WHERE EXCLUDED.first_seen < old.first_seen OR EXCLUDED.last_seen > old.last_seen
)
INSERT INTO tenants AS old (tenant, newest_event_at) VALUES ($1, $2)
ON CONFLICT (tenant) DO UPDATE SET newest_event_at = EXCLUDED.newest_event_at
WHERE EXCLUDED.newest_event_at > old.newest_event_at
