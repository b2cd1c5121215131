-- Who and what a tenant's events speak of. Every row is derived from events and can be rebuilt
-- from them, so nothing here refers to anything else by foreign key.
--
-- Names are compared by their bytes: faster than by language, and the same on every server.

CREATE TABLE tenants (
    tenant          text COLLATE "C" PRIMARY KEY,
    -- The moment of the newest event ever taken in.
    newest_event_at timestamptz NOT NULL
) WITH (fillfactor = 50); -- Updated by most batches: room for the new version beside the old.

CREATE TABLE users (
    tenant     text COLLATE "C" NOT NULL,
    user_name  text COLLATE "C" NOT NULL,
    first_seen timestamptz NOT NULL,
    last_seen  timestamptz NOT NULL,
    PRIMARY KEY (tenant, user_name)
) WITH (fillfactor = 80);

CREATE TABLE sessions (
    tenant     text COLLATE "C" NOT NULL,
    session_id text COLLATE "C" NOT NULL,
    user_name  text COLLATE "C",
    -- The latest start; null while only the end is known: events arrive in any order.
    started_at timestamptz,
    -- The latest end; null while the session is open.
    ended_at   timestamptz,
    PRIMARY KEY (tenant, session_id)
) WITH (fillfactor = 80);

-- Counting the active sessions reads these entries only.
CREATE INDEX sessions_open ON sessions (tenant, started_at) WHERE ended_at IS NULL;
