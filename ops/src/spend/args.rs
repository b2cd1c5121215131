//! `ops spend ...`.

use clap::{ArgGroup, Args, Subcommand};
use domain::TenantId;
use domain::pause::{InvalidSubject, Subject};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::dlq::filter::Age;

/// What to do about the submission of tasks.
#[derive(Debug, Subcommand)]
pub enum Spend {
    /// What is paused, by whom, why and until when.
    List,
    /// Take no tasks on of a kind, of a tenant, or at all; queued ones run on.
    Pause(Pause),
    /// Take them on again, whoever paused them.
    Resume(Resume),
}

/// What is meant.
#[derive(Debug, Clone, Args)]
#[command(group(ArgGroup::new("what").required(true).args(["kind", "tenant", "all"])))]
pub struct What {
    /// Tasks of this kind.
    #[arg(long)]
    pub kind: Option<String>,
    /// Tasks of this tenant.
    #[arg(long)]
    pub tenant: Option<TenantId>,
    /// All tasks.
    #[arg(long)]
    pub all: bool,
}

impl What {
    /// As a pause names it.
    ///
    /// # Errors
    ///
    /// The kind's name cannot be one.
    pub fn subject(&self) -> Result<Subject, InvalidSubject> {
        match (&self.kind, &self.tenant) {
            (Some(kind), _) => format!("kind:{kind}").parse(),
            (None, Some(tenant)) => Ok(Subject::Tenant(tenant.clone())),
            (None, None) => Ok(Subject::All),
        }
    }
}

/// `ops spend pause`.
#[derive(Debug, Clone, Args)]
pub struct Pause {
    #[command(flatten)]
    #[expect(missing_docs, reason = "its own options have them")]
    pub what: What,
    /// Why, for those whose tasks are refused: they are shown it.
    #[arg(long)]
    pub reason: String,
    /// Until this moment, as RFC 3339 [default: until it is resumed].
    #[arg(long, value_parser = moment, conflicts_with = "length")]
    pub until: Option<OffsetDateTime>,
    /// For so long, such as 90m, 12h or 7d.
    #[arg(long = "for", value_name = "AGE")]
    pub length: Option<Age>,
    /// Your name, for the list.
    #[arg(long, env = "USER", default_value = "unknown")]
    pub by: String,
}

/// `ops spend resume`.
#[derive(Debug, Clone, Args)]
pub struct Resume {
    #[command(flatten)]
    #[expect(missing_docs, reason = "its own options have them")]
    pub what: What,
}

fn moment(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339).map_err(|error| error.to_string())
}
