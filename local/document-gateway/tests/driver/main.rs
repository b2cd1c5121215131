//! Drives the gateway with the official MongoDB driver, in front of the PostgreSQL that
//! `DOCUMENT_ENGINE_URL` names.

mod crud;
mod support;
