//! Brings both databases to what this release needs: tables in `PostgreSQL`, indexes in `MongoDB`.
//!
//! Reads `DATABASE_URL`, `MONGODB_URI` and, where the server's certificate is not signed by a
//! public authority, `DATABASE_CA_FILE`. Running it again changes nothing.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use stores::{mongo, postgres};

type Outcome = Result<Vec<String>, Box<dyn Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    // Both are tried, so that one run tells everything that is wrong.
    let postgres = report("postgres", migrate_postgres().await);
    let mongo = report("mongodb", migrate_mongo().await);
    if postgres && mongo {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn migrate_postgres() -> Outcome {
    let authorities = std::env::var_os("DATABASE_CA_FILE").map(PathBuf::from);
    Ok(postgres::migrate(&setting("DATABASE_URL")?, authorities.as_deref()).await?)
}

async fn migrate_mongo() -> Outcome {
    Ok(mongo::migrate(&setting("MONGODB_URI")?).await?)
}

fn setting(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|_| format!("{name} is not set"))
}

/// Says what was done, and whether it went well.
fn report(server: &str, outcome: Outcome) -> bool {
    // Without a standard output or error there is nobody to tell.
    match outcome {
        Ok(steps) if steps.is_empty() => {
            writeln!(std::io::stdout(), "{server}: up to date").ok();
            true
        }
        Ok(steps) => {
            writeln!(std::io::stdout(), "{server}: made {}", steps.join(", ")).ok();
            true
        }
        Err(error) => {
            writeln!(
                std::io::stderr(),
                "{server}: {}",
                domain::causes(error.as_ref())
            )
            .ok();
            false
        }
    }
}
