//! PostgreSQL and MongoDB adapters.
